// Go to or do anything: what the page offers, and the accounts that fit the words.
const sheet = document.getElementById("palette");
const input = document.getElementById("palette-words");
const found = document.getElementById("palette-found");
const WAIT = 120;
let waiting = 0;
let asked = 0;
let from = null;

const here = () => {
  const labels = new Map([...document.querySelectorAll("[data-key-row]")].map((row) => [row.dataset.keyRow, row.querySelector("dd").textContent]));
  const deeds = [...document.querySelectorAll("#main [data-key]")].filter((element) => element.checkVisibility() && labels.has(element.dataset.key));
  const places = [...document.querySelectorAll(".rail nav a")];
  return [
    ...deeds.map((element) => ({ text: labels.get(element.dataset.key), kind: "do", run: () => (element.tagName === "INPUT" ? element.focus() : element.click()) })),
    ...places.map((link) => ({ text: link.firstChild.textContent.trim(), kind: "go", run: () => link.click() })),
  ];
};

function show(rows) {
  found.replaceChildren(...rows.slice(0, 12).map((row, number) => {
    const line = document.createElement("li");
    line.id = `palette-${number}`;
    line.setAttribute("role", "option");
    line.append(document.createTextNode(row.text));
    const kind = document.createElement("small");
    kind.textContent = row.kind;
    line.append(kind);
    line.addEventListener("click", () => take(row));
    line.run = () => take(row);
    return line;
  }));
  mark(0);
}

function mark(number) {
  const lines = [...found.children];
  lines.forEach((line, place) => line.setAttribute("aria-selected", String(place === number)));
  input.setAttribute("aria-activedescendant", lines[number]?.id || "");
}

function take(row) { sheet.close(); row.run(); }

// What the page itself offers is there at once; accounts follow.
function look() {
  const words = input.value.trim().toLowerCase();
  const fitting = here().filter((row) => row.text.toLowerCase().includes(words));
  show(fitting);
  clearTimeout(waiting);
  asked += 1;
  if (words.length > 1) waiting = setTimeout(ask, WAIT, words, fitting, asked);
}

async function ask(words, fitting, turn) {
  const response = await fetch(`/api/accounts?limit=8&q=${encodeURIComponent(words)}`).catch(() => null);
  if (!response?.ok || turn !== asked) return;
  const { accounts = [] } = await response.json();
  if (turn !== asked) return;
  show([...fitting, ...accounts.map((one) => ({ text: one.name, kind: "account", run: () => location.assign(`/accounts/${encodeURIComponent(one.id)}`) }))]);
}

export function openPalette() {
  from = document.activeElement;
  input.value = "";
  sheet.showModal();
  input.focus();
  look();
}

input?.addEventListener("input", look);
input?.addEventListener("keydown", (event) => {
  const lines = [...found.children];
  const place = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark((place + (event.key === "ArrowDown" ? 1 : lines.length - 1)) % Math.max(lines.length, 1)); }
  if (event.key === "Enter") { event.preventDefault(); lines[place]?.run(); }
});
sheet?.addEventListener("close", () => from?.focus?.());
