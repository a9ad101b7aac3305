import { post } from "./token.js";

// Tells this page what has changed on the disk: each change is an event of `document`.
// What this page shows: a change that came before we listened is noticed, too.
let version = Number(document.querySelector('meta[name="studio-version"]').content);
let before = false;

function tell(files) {
  document.dispatchEvent(new CustomEvent("studio:change", { detail: { files } }));
}

function hello(event) {
  const now = JSON.parse(event.data).version;
  // After a sleep, or when the studio was started anew, anything may have changed.
  if (now !== version || before) tell(["."]);
  before = true;
  version = now;
  lost.textContent = "";
}

function change(event) {
  const { version: now, files } = JSON.parse(event.data);
  version = now;
  tell(files);
}

// Only while it is seen: a browser holds six connections to one address and no more, so
// that a few forgotten pages would keep every other from opening.
let news;
let again;

function listen() {
  clearTimeout(again);
  news?.close();
  if (document.hidden) return;
  news = new EventSource("/live");
  news.addEventListener("hello", hello);
  news.addEventListener("change", change);
  news.addEventListener("error", broken);
}

const lost = document.getElementById("lost");
const PAUSE = 3000; // milliseconds

function broken() {
  // The same words once more would be read aloud once more.
  if (!lost.textContent) lost.textContent = "not connected: what you see may be old";
  // By itself the browser asks again after a break only, not after a refusal.
  if (news.readyState === EventSource.CLOSED) again = setTimeout(listen, PAUSE);
}

// Not before the other scripts are there: what they are told too early is lost on them.
document.addEventListener("DOMContentLoaded", () => {
  document.addEventListener("visibilitychange", listen);
  listen();
});

// A place in a file: a click copies it, or has it opened by the author's editor.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-open]");
  if (!button) return;
  if (button.dataset.copy) await copy(button);
  else await openPlace(button);
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, "copied");
  } catch {
    // Without leave to write there: then it is at least marked, to be copied by hand.
    getSelection().selectAllChildren(button);
  }
}

async function openPlace(button) {
  const answer = await post("/open", new URLSearchParams({ place: button.dataset.open }));
  say(button, answer.ok ? "opened" : "cannot be opened");
}

function say(button, words) {
  const before = button.textContent;
  button.textContent = words;
  setTimeout(() => (button.textContent = before), 1200);
}
