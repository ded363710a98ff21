// What changes elsewhere. One tab listens to the server for all tabs of the browser: more than six would block each other.
import { current, refreshList } from "./swap.js";
import { say } from "./status.js";

// Every kind of the feed that changes a list of items.
const KINDS = ["delivered", "cleared", "expired", "renewed", "done", "dismissed", "failed", "open", "approve", "edit", "dismiss", "snooze", "mute", "reassign", "outcome", "accept", "claim", "release", "undo"].map((kind) => `item.${kind}`);
const WAIT = 700;
const AGAIN = 5000;
const channel = new BroadcastChannel("tenure-live");
let waiting = 0;
let arrived = 0;

function heard({ kind, subject_id: subject }) {
  if (!document.querySelector("[data-live]")) return;
  if (kind === "item.delivered") arrived += 1;
  const shown = document.querySelector(".item[data-item]")?.dataset.item === subject && kind !== "item.delivered";
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    await refreshList().catch(() => {});
    if (arrived && document.querySelector(".rail").dataset.notices === "on") say(arrived === 1 ? "One more item" : `${arrived} more items`, { shown: true });
    arrived = 0;
    if (shown && !current()) say("The item that you read was settled meanwhile.", { shown: true });
  }, WAIT);
}

// What may have been missed: a look at the list, here and in every other tab.
function look() { channel.postMessage({}); heard({}); }

// A stream that broke goes on where it stood, by itself; one that the browser gave up begins anew.
function listen(waited) {
  let source = null;
  const open = (missed) => {
    source = new EventSource("/api/events");
    for (const kind of KINDS) source.addEventListener(kind, (event) => { const told = JSON.parse(event.data); channel.postMessage(told); heard(told); });
    if (missed) source.addEventListener("open", look, { once: true });
    source.addEventListener("signed_out", () => source.close());
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN, true); });
  };
  open(waited);
  addEventListener("pagehide", () => source.close(), { once: true });
  return new Promise(() => {});
}

channel.addEventListener("message", (event) => heard(event.data));
// Whoever takes over from a tab that was closed does not know what happened between.
const since = performance.now();
if (document.querySelector(".rail") && navigator.locks) navigator.locks.request("tenure-live", () => listen(performance.now() - since > WAIT));
