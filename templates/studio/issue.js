// The live issue view: pictures that change without losing their place, panes of any
// width, choices without a reload. Without it the form does the same, page by page.
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

function source(shape) {
  const { path, look } = TARGETS[shape];
  const asked = new URLSearchParams({ as: form.elements.as?.value ?? "usual" });
  if (look) asked.set("look", look);
  if (form.elements.images?.value === "off") asked.set("images", "off");
  if (view.dataset.unsaved) asked.set("unsaved", view.dataset.unsaved);
  return `${url}/${path}?${asked}`;
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
    if (!coming.contentDocument) {
      coming.remove();
    } else {
      const from = before.contentDocument && before.contentWindow;
      if (from) coming.contentWindow.scrollTo(from.scrollX, from.scrollY);
      coming.classList.remove("coming");
      before.remove();
    }
    after?.();
  }
  coming.src = source(pane.dataset.shape);
  sheet.append(coming);
}

// Whether all but the images is there. A frame that was just made has a blank document.
function hasWords(frame) {
  const text = frame.contentDocument;
  return text && text.URL !== "about:blank" && text.readyState !== "loading";
}

function renewAll(after) {
  for (const pane of panes.children) renew(pane, after);
}

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
    const title = beside.querySelector("[data-title]");
    if (title) document.title = title.dataset.title;
  } else if (answer.status === 410) {
    // write.js sends again what is written here.
    document.dispatchEvent(new Event("studio:forgotten"));
  } else {
    gone(answer.status);
  }
}

// What lies over the picture. The same is not put there twice: it would be read aloud.
function put(note) {
  note?.remove();
  if ((note?.outerHTML ?? "") === over.innerHTML.trim()) return;
  over.replaceChildren(...(note ? [note] : []));
}

function gone(status) {
  const words = status === 404 ? "the file is gone, or has another name" : "it cannot be shown";
  const note = document.createElement("p");
  note.id = "gone";
  note.className = "overlay";
  note.setAttribute("role", "alert");
  note.textContent = `${words}: the last picture is shown`;
  put(note);
}

// --- live -------------------------------------------------------------------------

// Other issues' files change nothing here.
function concerns(file) {
  const other = /^issues\/[^/]+\.(md|markdown)$/i.test(file);
  return !other || file === view.dataset.file;
}

document.addEventListener("studio:change", (event) => {
  if (!event.detail.files.some(concerns)) return;
  // The picture first: what stands beside it takes longer.
  renewAll(about);
});

// What is written here and not saved yet: write.js says by which key it is asked for.
document.addEventListener("studio:text", () => renewAll(about));

// --- choices ----------------------------------------------------------------------

function pane(shape) {
  const made = document.getElementById("pane").content.firstElementChild.cloneNode(true);
  dress(made, shape);
  return made;
}

function dress(made, shape) {
  made.dataset.shape = shape;
  made.setAttribute("aria-label", TARGETS[shape].title);
  made.querySelector("h2").textContent = TARGETS[shape].title;
  made.querySelector("iframe").title = TARGETS[shape].title;
}

function choose() {
  const wanted = [form.elements.show.value, form.elements.beside.value].filter(Boolean);
  while (panes.children.length > wanted.length) panes.lastElementChild.remove();
  wanted.forEach((shape, at) => {
    if (panes.children[at]) dress(panes.children[at], shape);
    else panes.append(pane(shape));
  });
  renewAll(about);
}

form.addEventListener("change", (event) => {
  if (event.target === form.elements.find) return;
  const query = new URLSearchParams(new FormData(form));
  query.delete("find");
  for (const [key, text] of [...query]) if (!text) query.delete(key);
  history.replaceState(null, "", `?${query}`);
  if (event.target === form.elements.width) resize(WIDTHS[form.elements.width.value]);
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
  const answer = await fetch(`/readers?find=${encodeURIComponent(text)}`);
  if (answer.ok && text === form.elements.find.value) found.innerHTML = await answer.text();
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
const STEP = 16;

function resize(width) {
  for (const each of panes.children) {
    const sheet = each.querySelector(".sheet");
    sheet.style.width = width ? `${width}px` : "";
    tell(each);
  }
}

function tell(each) {
  const width = Math.round(each.querySelector(".sheet").getBoundingClientRect().width);
  each.querySelector(".grip").setAttribute("aria-valuenow", width);
  each.querySelector(".grip").setAttribute("aria-valuetext", `${width} pixels`);
  each.querySelector("output").textContent = `${width} px`;
}

function drag(sheet, width) {
  const most = sheet.parentElement.clientWidth;
  sheet.style.width = `${Math.max(NARROWEST, Math.min(most, width))}px`;
  tell(sheet.closest(".pane"));
}

panes.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip) return;
  const sheet = grip.closest(".sheet");
  const [from, width] = [event.clientX, sheet.getBoundingClientRect().width];
  // The sheet is centred: it grows on both sides of its middle.
  const move = (next) => drag(sheet, width + 2 * (next.clientX - from));
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
  const sheet = grip.closest(".sheet");
  drag(sheet, sheet.getBoundingClientRect().width + by);
});

new ResizeObserver(() => [...panes.children].forEach(tell)).observe(panes);
resize(WIDTHS[form.elements.width.value]);
