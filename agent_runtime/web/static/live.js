// What changes elsewhere. One tab listens to the server for all tabs of the browser: more than six would block each other.
import { current, refreshList } from "./swap.js";
import { say } from "./status.js";

// Every kind of the feed that changes a list of items.
const KINDS = ["delivered", "cleared", "expired", "renewed", "done", "dismissed", "failed", "open", "approve", "edit", "dismiss", "snooze", "reassign", "outcome", "accept", "claim", "release", "undo"].map((kind) => `item.${kind}`);
const WAIT = 700;
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
    if (arrived) say(arrived === 1 ? "One more item" : `${arrived} more items`, { shown: true });
    arrived = 0;
    if (shown && !current()) say("The item that you read was settled meanwhile.", { shown: true });
  }, WAIT);
}

function listen() {
  const source = new EventSource("/api/events");
  for (const kind of KINDS) source.addEventListener(kind, (event) => { const told = JSON.parse(event.data); channel.postMessage(told); heard(told); });
  source.addEventListener("signed_out", () => source.close());
  addEventListener("pagehide", () => source.close(), { once: true });
  return new Promise(() => {});
}

channel.addEventListener("message", (event) => heard(event.data));
if (document.querySelector(".rail") && navigator.locks) navigator.locks.request("tenure-live", listen);
