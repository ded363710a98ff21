// Fetches only the part of a page that changes. Where anything is unclear the browser does what it would do anyway.
import { say } from "./status.js";

const KEPT = 12;
const kept = new Map();
const listeners = [];
let latest = 0;

export function afterSwap(run) { listeners.push(run); }
export function forget() { kept.clear(); }

export const detail = () => document.getElementById("detail");
export const rows = () => [...document.querySelectorAll("#rows > .row")];
export const current = () => document.querySelector("#rows > .row.selected");

async function fragment(url, region, options = {}) {
  const response = await fetch(url, { ...options, headers: { "X-Fragment": region, Accept: "text/html", ...(options.headers || {}) } });
  if (new URL(response.url).pathname === "/sign-in") { location.assign(response.url); throw new Error("signed out"); }
  const text = await response.text();
  const part = new DOMParser().parseFromString(text, "text/html").querySelector("template[data-region]");
  if (!part) throw new Error("no fragment");
  return { part, url: response.url, ok: response.ok };
}

function put(target, part) {
  target.replaceChildren(document.importNode(part.content, true));
  if (part.dataset.title) document.title = part.dataset.title;
  const count = document.querySelector('[data-count="/inbox"]');
  if (count && part.dataset.open) count.textContent = part.dataset.open;
  for (const run of listeners) run(target);
}

function failed(retry) {
  const note = document.createElement("div");
  note.className = "notice wrong";
  note.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = "The server did not answer. Nothing was sent from here.";
  const again = document.createElement("button");
  again.className = "link-like";
  again.textContent = "Try again";
  again.addEventListener("click", () => { note.remove(); retry(); });
  note.append(words, again);
  (detail() || document.getElementById("main")).prepend(note);
}

// The whole main part: lists, decisions, going back.
export async function swapMain(url, options = {}, { push = true } = {}) {
  const turn = ++latest;
  const main = document.getElementById("main");
  const scrolled = document.querySelector(".list")?.scrollTop;
  main.setAttribute("aria-busy", "true");
  try {
    const found = await fragment(url, "main", options);
    if (turn !== latest) return;
    put(main, found.part);
    forget();
    if (push) history.pushState({}, "", found.url);
    const list = document.querySelector(".list");
    if (list && scrolled) list.scrollTop = scrolled;
    const told = main.querySelector(".notice span");
    if (told) say(told.textContent.trim().replace(/\s+/g, " "));
    (current()?.querySelector("a") || document.querySelector("#main h1, #main h2"))?.focus({ preventScroll: true });
  } catch (error) {
    if (error.message === "no fragment") location.assign(url);
    else if (error.message !== "signed out") failed(() => swapMain(url, options, { push }));
  } finally {
    main.removeAttribute("aria-busy");
  }
}

// The item alone does not know its list: after a decision the next one comes.
function tellNeighbours(row) {
  const next = row.nextElementSibling || row.previousElementSibling;
  for (const field of detail().querySelectorAll("input[name=after]")) field.value = next?.dataset.item || "";
  const place = detail().querySelector("[data-place]");
  if (place) place.textContent = `${rows().indexOf(row) + 1} of ${rows().length}`;
}

function keep(url) {
  if (!kept.has(url)) {
    kept.set(url, fragment(url, "detail").catch((error) => { kept.delete(url); throw error; }));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// Chooses a row: the mark moves at once, the item follows.
export async function choose(row, { push = true } = {}) {
  const link = row.querySelector("a");
  const turn = ++latest;
  for (const other of rows()) {
    other.classList.toggle("selected", other === row);
    other.querySelector("a").toggleAttribute("aria-current", other === row);
  }
  link.setAttribute("aria-current", "true");
  link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  document.querySelector(".inbox")?.classList.add("has-selection");
  if (push) history.replaceState({}, "", link.href);
  try {
    const { part } = await keep(link.href);
    if (turn !== latest || !detail()) return;
    put(detail(), part);
    tellNeighbours(row);
    detail().scrollTop = 0;
    for (const beside of [row.nextElementSibling, row.previousElementSibling]) if (beside) keep(beside.querySelector("a").href).catch(() => {});
  } catch (error) {
    if (turn === latest && error.message !== "signed out") failed(() => choose(row));
  }
}

// The list alone, as it stands now: the item that is being read stays.
export async function refreshList() {
  const list = document.querySelector('[data-region="list"]');
  if (!list || list.contains(document.activeElement) && document.activeElement.matches("input[type=search], input[type=text]")) return;
  const checked = new Set([...list.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value));
  const scrolled = list.scrollTop;
  const focused = document.activeElement?.closest?.(".row")?.dataset.item;
  const selected = current()?.dataset.item;
  const { part } = await fragment(location.href, "list");
  const title = document.title;
  put(list, part);
  document.title = title;
  for (const box of list.querySelectorAll("input[type=checkbox]")) box.checked = checked.has(box.value);
  for (const row of rows()) row.classList.toggle("selected", row.dataset.item === selected);
  list.scrollTop = scrolled;
  if (focused && document.activeElement === document.body) list.querySelector(`[data-item="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
  forget();
}

const plain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !plain(event) || link.target || link.origin !== location.origin) return;
  const row = link.closest("#rows > .row");
  if (row && !matchMedia("(max-width: 46rem)").matches) { event.preventDefault(); choose(row); return; }
  const inMain = link.closest("#main");
  const inbox = link.pathname === "/inbox" && document.querySelector(".inbox");
  if (inMain && (inbox || link.matches("[data-swap]"))) { event.preventDefault(); swapMain(link.href); }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-swap]") || event.defaultPrevented) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  swapMain(form.action, { method: "POST", body });
});

addEventListener("popstate", () => { if (document.querySelector(".inbox")) swapMain(location.href, {}, { push: false }); });

const first = current();
if (first) for (const beside of [first.nextElementSibling, first.previousElementSibling]) if (beside) keep(beside.querySelector("a").href).catch(() => {});
