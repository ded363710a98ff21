// One place that tells people what happened: for screen readers always, on the screen only what needs their eyes.
const place = document.getElementById("status");
let until = 0;

export function say(text, { shown = false } = {}) {
  if (!place) return;
  place.classList.toggle("shown", shown);
  place.textContent = text;
  clearTimeout(until);
  if (shown) until = setTimeout(() => { place.textContent = ""; }, 6000);
}
