// Keys: the sheet in the page is made from the one registry; elements say by data-key which of its entries they carry.
import { afterSwap, choose, current, detail, rows } from "./swap.js";
import { openPalette } from "./palette.js";

const strokes = new Map();
for (const row of document.querySelectorAll("[data-key-row]")) for (const one of row.dataset.strokes.split("|")) strokes.set(one, row.dataset.keyRow);
const firsts = new Set([...strokes.keys()].filter((one) => /^\S \S$/.test(one)).map((one) => one[0]));
let begun = "";
let begunUntil = 0;

const typing = (target) => target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type);
const seen = (element) => element.checkVisibility();
const carrying = (id, where = document) => [...where.querySelectorAll(`[data-key="${id}"], [data-key-also="${id}"]`)].find(seen);

function nameOf(event) {
  const name = event.key.length === 1 && event.shiftKey && /[a-z]/i.test(event.key) ? event.key.toUpperCase() : event.key;
  const before = (event.ctrlKey ? "Control+" : "") + (event.metaKey ? "Meta+" : "");
  if (before) return before + (name.length === 1 ? name.toLowerCase() : name);
  return event.shiftKey && (/^[A-Z]$/.test(name) || name.startsWith("Arrow")) ? `Shift+${name}` : name;
}

function move(step, { select = false } = {}) {
  const all = rows();
  if (!all.length || !seen(all[0])) return false;
  const place = all.indexOf(current());
  const next = all[Math.min(Math.max(place + step, 0), all.length - 1)];
  if (select) for (const row of [all[place], next]) { const box = row?.querySelector("input[type=checkbox]"); if (box) box.checked = true; }
  if (next && next !== all[place]) choose(next);
  return true;
}

function open(element) {
  if (element.tagName === "SUMMARY") {
    const details = element.parentElement;
    details.open = !details.open;
    if (details.open) (details.querySelector("[data-choice], [data-first]") || details.querySelector("textarea, input:not([type=hidden], [type=radio]), button"))?.focus();
    else element.focus();
  } else if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) { element.focus(); element.select?.(); }
  else if (element.matches("[data-evidence]")) element.focus();
  else element.click();
}

function evidence(step) {
  const all = [...document.querySelectorAll("[data-evidence]")];
  const next = all[all.indexOf(document.activeElement) + step] || all[step > 0 ? 0 : all.length - 1];
  next?.focus();
  return Boolean(next);
}

function back() {
  const opened = document.querySelector("details.verb[open]");
  if (opened) { opened.open = false; opened.querySelector("summary").focus(); return true; }
  if (document.activeElement && typing(document.activeElement)) { document.activeElement.blur(); return true; }
  const link = carrying("back");
  if (link) { link.click(); return true; }
  current()?.querySelector("a").focus();
  return Boolean(current());
}

// Whoever writes in a form means that form: a note about a call never sends the mail beside it.
function send(event) {
  const form = typing(event.target) && event.target.form;
  if (form && !form.closest("#edit")) { form.closest(".verb")?.querySelector("button.primary")?.click(); return true; }
  const button = carrying("send", document.querySelector("#edit[open]") || document);
  button?.click();
  return Boolean(button);
}

const SHEETS = { palette: openPalette, keys: () => document.getElementById("keys").showModal() };
const RUN = {
  next: () => move(1), previous: () => move(-1), back,
  "extend-down": () => move(1, { select: true }), "extend-up": () => move(-1, { select: true }),
  select: () => { const box = current()?.querySelector("input[type=checkbox]"); if (box) box.checked = !box.checked; return Boolean(box); },
  "next-evidence": () => evidence(1), "previous-evidence": () => evidence(-1),
  open: () => { if (!detail()) return false; detail().focus(); return true; },
  palette: () => { SHEETS.palette(); return true; }, help: () => { SHEETS.keys(); return true; },
  send,
};

function run(id, event) {
  if (id in RUN && RUN[id](event)) return true;
  const element = carrying(id);
  if (element) open(element);
  return Boolean(element);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  const withModifier = event.ctrlKey || event.metaKey;
  if (typing(event.target) && !withModifier && name !== "Escape") return;
  if (document.documentElement.dataset.keys === "off" && !withModifier && name !== "Escape") return;
  if (name === "Enter" && event.target.closest("a, button, summary, input")) return;
  const choice = /^[1-9]$/.test(name) && document.querySelector(`details.verb[open] [data-choice="${name}"]`);
  if (choice) { event.preventDefault(); choice.click(); return; }
  const both = begun && Date.now() < begunUntil ? `${begun} ${name}` : "";
  begun = "";
  const id = strokes.get(both) || strokes.get(name);
  if (!both && firsts.has(name) && !withModifier) { begun = name; begunUntil = Date.now() + 1200; if (!id) return; }
  if (id && run(id, event)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) SHEETS[opener.dataset.opens]();
  const other = event.target.closest?.("[data-clicks]");
  if (other) { const element = carrying(other.dataset.clicks); if (element) open(element); }
  for (const details of document.querySelectorAll("details.verb[open]")) if (!details.contains(event.target)) details.open = false;
});

// An item that is being written stays as it is until it is decided or left.
afterSwap((target) => { if (target.id === "main") document.querySelector("dialog[open]")?.close(); });
