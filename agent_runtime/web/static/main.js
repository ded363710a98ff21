// Makes the pages quicker. Without any of this every link and every form works.
import "./swap.js";
import "./keys.js";
import "./live.js";
document.documentElement.classList.add("scripted");
