// What scripts add to the rooms: every one of them works without.
const printing = document.querySelector("[data-print]");
if (printing) printing.addEventListener("click", () => window.print());

// A link to an entry of the timeline that is older than what is shown: asked for by name, once.
function open_entry() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id.startsWith("ev-")) return;
  const entry = document.getElementById(id);
  const here = new URL(location.href);
  if (entry) {
    const text = entry.querySelector("details");
    if (text) text.open = true;
    entry.scrollIntoView({ block: "center" });
    entry.focus({ preventScroll: true });
  } else if (here.searchParams.get("ev") !== id.slice(3)) {
    here.searchParams.set("ev", id.slice(3));
    location.replace(here);
  }
}
open_entry();
addEventListener("hashchange", open_entry);

// The assistant, piece by piece; Enter asks, Shift+Enter breaks the line, Esc stops.
const status_line = document.getElementById("status");
const say = (text) => { if (status_line) status_line.textContent = text; };

async function* events_of(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block), data = /^data: (.*)$/m.exec(block);
      if (name && data) yield [name[1], JSON.parse(data[1])];
    }
  }
}

async function show_conversation(turn) {
  const response = await fetch(location.pathname + "?tab=assistant", { headers: { "X-Fragment": "panel" } });
  if (!response.ok) return location.reload();
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = parsed.querySelector("template").content.querySelector("#panel");
  document.getElementById("panel").replaceWith(fresh);
  document.documentElement.classList.add("scripted");
  const answer = turn && document.getElementById(turn);
  if (answer) answer.scrollIntoView({ block: "nearest" });
}

function live_turn(list, question) {
  const turn = document.createElement("article"), asked = document.createElement("p"), said = document.createElement("p");
  turn.className = "turn"; asked.className = "asked"; said.className = "said";
  turn.setAttribute("aria-busy", "true");
  asked.textContent = question;
  turn.append(asked, said);
  const empty = list.querySelector(".empty");
  if (empty) empty.remove();
  list.prepend(turn);
  return [turn, said];
}

async function ask(form, question) {
  const stop = form.querySelector("[data-stop]"), halt = new AbortController();
  const [turn, said] = live_turn(document.querySelector("[data-turns]"), question);
  stop.hidden = false;
  stop.onclick = () => halt.abort();
  form.onkeydown = (event) => { if (event.key === "Escape") halt.abort(); };
  say("Looking …");
  try {
    const response = await fetch(form.dataset.ask, {
      method: "POST", signal: halt.signal, headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question, stream: true }),
    });
    if (!response.ok) throw new Error((await response.json()).what);
    for await (const [name, data] of events_of(response)) {
      if (name === "piece") said.textContent += data.text;
      if (name === "error") throw new Error(data.what);
      if (name === "answer") { say("Answered"); await show_conversation(data.turn_id); }
    }
  } catch (error) {
    turn.removeAttribute("aria-busy");
    said.textContent += halt.signal.aborted ? " Stopped." : ` ${error.message}`;
    say(halt.signal.aborted ? "Stopped" : "It was not answered");
  } finally {
    stop.hidden = true;
    setTimeout(() => say(""), 3000);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.ask) return;
  event.preventDefault();
  const text = form.elements.text, question = (event.submitter?.name === "chip" ? event.submitter.value : text.value).trim();
  if (!question) return text.focus();
  text.value = "";
  ask(form, question);
});
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (!form?.dataset.ask || event.target.name !== "text" || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  }
});
