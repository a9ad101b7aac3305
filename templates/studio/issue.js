// The live issue view: pictures that change without losing their place, panes of any
// width, choices without a reload. Without it the form does the same, page by page.
import { fold } from "./inbox.js";

const view = document.getElementById("issue");
const form = document.getElementById("looking");
const beside = document.getElementById("beside");
const panes = document.getElementById("panes");
const over = document.getElementById("over");
const url = view.dataset.url;

// Milliseconds that a picture waits for its images, which may be far away.
const PATIENCE = 300;
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const TARGETS = JSON.parse(panes.dataset.shapes);
const WIDTHS = JSON.parse(panes.dataset.widths);

// --- pictures ---------------------------------------------------------------------

// Below a view stands all of the archive, once in the light and once in the dark.
const ARCHIVE = /^(light|dark)\/(.*)/;

// Who has followed a link of the archive stays on that page.
function reached(path, frame) {
  const tone = path.match(ARCHIVE)?.[1];
  const seen = frame?.contentDocument?.location.pathname ?? "";
  const rest = seen.startsWith(`${url}/`) && seen.slice(url.length + 1).match(ARCHIVE)?.[2];
  return tone && rest && !isMistake(frame) ? `${tone}/${rest}` : path;
}

function source(shape, before) {
  const { path, look } = TARGETS[shape];
  const asked = new URLSearchParams({ as: form.elements.as?.value ?? "usual" });
  if (look) asked.set("look", look);
  if (form.elements.images?.value === "off") asked.set("images", "off");
  if (view.dataset.unsaved) asked.set("unsaved", view.dataset.unsaved);
  return `${url}/${reached(path, before)}?${asked}`;
}

// A second frame loads behind the one that is seen, and takes its place when it is
// there, at the same height of the text: nothing flickers.
function renew(pane, after) {
  const sheet = pane.querySelector(".sheet");
  const before = sheet.querySelector("iframe:not(.coming)");
  sheet.querySelectorAll("iframe.coming").forEach((late) => late.remove());
  const coming = document.createElement("iframe");
  coming.setAttribute("sandbox", SANDBOX);
  coming.className = "coming";
  coming.title = pane.getAttribute("aria-label");
  coming.tabIndex = 0;
  const late = setInterval(() => {
    if (!coming.isConnected) clearInterval(late);
    else if (hasWords(coming)) put();
  }, PATIENCE);
  coming.addEventListener("load", put);
  function put() {
    clearInterval(late);
    if (!coming.isConnected || !coming.classList.contains("coming")) return;
    // What is no picture may not be framed, and has no document for us: the last good
    // picture stays.
    if (!coming.contentDocument || (isMistake(coming) && !isMistake(before))) {
      coming.remove();
    } else {
      const from = before.contentDocument && before.contentWindow;
      if (from) coming.contentWindow.scrollTo(from.scrollX, from.scrollY);
      coming.classList.remove("coming");
      before.remove();
    }
    after?.();
  }
  coming.src = source(pane.dataset.shape, before);
  sheet.append(coming);
}

// Whether there is no picture in a frame, but what is in its way, or nothing.
function isMistake(frame) {
  const root = frame.contentDocument?.documentElement;
  return !root || "mistaken" in root.dataset;
}

// Whether all but the images is there. A frame that was just made has a blank document;
// without its style a page is not as high as it will be, and loses its place.
function hasWords(frame) {
  const text = frame.contentDocument;
  if (!text || text.URL === "about:blank" || text.readyState === "loading") return false;
  return [...text.querySelectorAll("link[rel=stylesheet]")].every((each) => each.sheet);
}

function renewAll(after) {
  for (const pane of panes.children) renew(pane, after);
}

// A link that leads away opens beside the studio, not inside of the frame, where no other
// site may be shown. Those of the archive lead on to its pages, in the same frame.
function leave(click) {
  const link = click.target.closest("a[href]");
  if (!link || link.target) return;
  const { href, origin } = new URL(link.getAttribute("href"), link.baseURI);
  if (origin === location.origin) return;
  click.preventDefault();
  open(href, "_blank", "noopener,noreferrer");
}

function guide(frame) {
  frame.contentDocument?.addEventListener("click", leave);
}

panes.addEventListener("load", (event) => guide(event.target), true);
panes.querySelectorAll("iframe").forEach(guide);

// --- what stands beside them ------------------------------------------------------

let asked = 0;

async function about() {
  const number = ++asked;
  const query = new URLSearchParams({ as: form.elements.as?.value ?? "" });
  if (view.dataset.unsaved) query.set("unsaved", view.dataset.unsaved);
  let answer;
  try {
    answer = await fetch(`${url}/beside?${query}`);
  } catch {
    return; // The studio has ended; what is seen stays.
  }
  const text = await answer.text();
  if (number !== asked) return;
  if (answer.ok) {
    beside.innerHTML = text;
    put(beside.querySelector("#overlay"));
    fold(beside);
    const title = beside.querySelector("[data-title]");
    if (title) entitle(title.dataset.title);
  } else if (answer.status === 410) {
    // write.js sends again what is written here.
    document.dispatchEvent(new Event("studio:forgotten"));
  } else {
    instead(reason(text));
  }
}

// What a whole page that came instead of a part of one says.
function reason(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const found = page.querySelector(".mistakes strong") ?? page.querySelector("h1");
  return found?.textContent ?? "it cannot be shown";
}

// write.js puts its mark before it.
function entitle(title) {
  document.title = title;
  document.dispatchEvent(new Event("studio:titled"));
}

// What lies over the picture. The same is not put there twice: it would be read aloud.
function put(note) {
  note?.remove();
  if ((note?.outerHTML ?? "") === over.innerHTML.trim()) return;
  over.replaceChildren(...(note ? [note] : []));
}

function instead(words) {
  const note = document.createElement("p");
  note.id = "gone";
  note.className = "overlay";
  note.setAttribute("role", "alert");
  note.textContent = `${words}: the last picture is shown`;
  put(note);
}

// What takes long was left out at first; the picture comes before it.
if (beside.querySelector(".later")) {
  const first = panes.querySelector("iframe");
  if (hasWords(first)) about();
  else first.addEventListener("load", () => about(), { once: true });
}

// --- live -------------------------------------------------------------------------

// Other issues' files change no picture here but the pages of the archive, which show
// neighbours.
function concerns(file) {
  if (file === "ledger:") return false;
  const other = /^issues\/[^/]+\.(md|markdown)$/i.test(file);
  return !other || file === view.dataset.file || panes.querySelector("[data-shape^=page]");
}

document.addEventListener("studio:change", (event) => {
  // The picture first: what stands beside it takes longer. There a problem may be gone or
  // new by another issue's file; and the ledger tells what became of this one.
  if (event.detail.files.some(concerns)) renewAll(about);
  else about();
});

// What is written here and not saved yet: write.js says by which key it is asked for.
document.addEventListener("studio:text", () => renewAll(about));

// --- choices ----------------------------------------------------------------------

// As wide as the first one is.
function add() {
  const made = document.getElementById("pane").content.firstElementChild.cloneNode(true);
  const first = panes.firstElementChild;
  Object.assign(made.dataset, { width: first.dataset.width, pixels: first.dataset.pixels });
  panes.append(made);
  return made;
}

// Two of the same have names of their own: they are landmarks (axe: landmark-unique).
function dress(made, shape, again) {
  const title = TARGETS[shape].title + (again ? ", second" : "");
  made.dataset.shape = shape;
  made.setAttribute("aria-label", title);
  made.querySelector("h2").textContent = title;
  made.querySelector("iframe").title = title;
  made.querySelector(".grip").setAttribute("aria-label", `width of ${title}`);
}

function choose() {
  const wanted = [form.elements.show.value, form.elements.beside.value].filter(Boolean);
  while (panes.children.length > wanted.length) panes.lastElementChild.remove();
  wanted.forEach((shape, at) => {
    dress(panes.children[at] ?? add(), shape, at && shape === wanted[0]);
  });
  // Each has more room than before, or less.
  fitAll();
  renewAll(about);
}

form.addEventListener("change", (event) => {
  if (event.target === form.elements.find) return;
  const query = new URLSearchParams(new FormData(form));
  query.delete("find");
  for (const [key, text] of [...query]) if (!text) query.delete(key);
  history.replaceState(null, "", `?${query}`);
  if (event.target === form.elements.width) resize(form.elements.width.value);
  else choose();
});
form.addEventListener("submit", (event) => event.preventDefault());

// --- subscribers ------------------------------------------------------------------

const found = document.getElementById("found");
let seeking;

form.elements.find?.addEventListener("input", () => {
  clearTimeout(seeking);
  seeking = setTimeout(seek, 150);
});

async function seek() {
  const text = form.elements.find.value;
  let answer, html;
  try {
    answer = await fetch(`/readers?find=${encodeURIComponent(text)}`);
    html = await answer.text();
  } catch {
    return; // The studio has ended; what is seen stays.
  }
  if (text !== form.elements.find.value) return;
  if (answer.ok) found.innerHTML = html;
  else found.replaceChildren(reason(html));
}

found?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reader]");
  if (!link) return;
  event.preventDefault();
  const { reader: key, title } = link.dataset;
  const select = form.elements.as;
  if (![...select.options].some((each) => each.value === key)) {
    select.append(new Option(title, key));
  }
  select.value = key;
  form.elements.find.value = "";
  found.replaceChildren();
  select.dispatchEvent(new Event("change", { bubbles: true }));
  select.focus();
});

// --- width ------------------------------------------------------------------------

const NARROWEST = 240;
const WIDEST = 2560;
const STEP = 16;
// Drawn smaller than this nothing can be read; then the stage is scrolled.
const SMALLEST = 0.5;

function resize(name) {
  for (const each of panes.children) {
    each.dataset.width = name;
    each.dataset.pixels = WIDTHS[name];
    fit(each);
  }
}

function widthOf(each) {
  const sheet = each.querySelector(".sheet");
  return Number(each.dataset.pixels) || Math.round(sheet.getBoundingClientRect().width);
}

// What is wider than its stage is drawn smaller: the letter itself has its true width.
function fit(each) {
  const sheet = each.querySelector(".sheet");
  const wanted = Number(each.dataset.pixels);
  const scale = wanted ? Math.max(SMALLEST, Math.min(1, roomOf(sheet.parentElement) / wanted)) : 1;
  sheet.style.width = wanted ? `${wanted * scale}px` : "";
  sheet.style.setProperty("--width", wanted ? `${wanted}px` : "100%");
  sheet.style.setProperty("--scale", scale);
  tell(each, scale);
}

function fitAll() {
  [...panes.children].forEach(fit);
}

function roomOf(stage) {
  const { paddingLeft, paddingRight } = getComputedStyle(stage);
  return stage.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}

function tell(each, scale) {
  const width = widthOf(each);
  const drawn = scale < 1 ? `, drawn at ${Math.round(scale * 100)} %` : "";
  each.querySelector(".grip").setAttribute("aria-valuenow", width);
  each.querySelector(".grip").setAttribute("aria-valuetext", `${width} pixels`);
  each.querySelector("output").textContent = `${width} px${drawn}`;
}

function drag(each, width) {
  each.dataset.pixels = Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));
  fit(each);
}

panes.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip) return;
  const each = grip.closest(".pane");
  const [from, width] = [event.clientX, widthOf(each)];
  // The sheet is centred: it grows on both sides of its middle.
  const move = (next) => drag(each, width + 2 * (next.clientX - from));
  const stop = () => {
    grip.removeEventListener("pointermove", move);
    panes.classList.remove("dragging");
  };
  // Else the frame below would take the pointer's moves.
  panes.classList.add("dragging");
  grip.setPointerCapture(event.pointerId);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", stop, { once: true });
  grip.addEventListener("pointercancel", stop, { once: true });
});

panes.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  const grip = event.target.closest(".grip");
  if (!grip || !by) return;
  event.preventDefault();
  const each = grip.closest(".pane");
  drag(each, widthOf(each) + by);
});

new ResizeObserver(fitAll).observe(panes);

let room = 0;
new ResizeObserver(() => {
  if (beside.clientWidth !== room) fold(beside);
  room = beside.clientWidth;
}).observe(beside);
resize(form.elements.width.value);
