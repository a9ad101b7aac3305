// The writing view: text, save, pictures, the form. What is written in is CodeMirror
// where it was bundled, and the text area itself where not; all else is the same.
import { markProblems } from "./marks.js";
import { post } from "./token.js";

const desk = document.getElementById("desk");
const form = document.getElementById("write");
const state = document.getElementById("state");
const note = document.getElementById("note");
const dialog = document.getElementById("conflict");
const url = desk.dataset.url;
// What has the pictures; not there where the file is gone.
const view = document.getElementById("issue");

let saved = form.elements.text.value;
let saving = false;
// Whether the note says what is the matter with the file on disk.
let matter = false;
// A change of the file that was told while we saved.
let missed = false;
// How often the file was looked at or settled: of two answers the older may come last.
let looks = 0;
// The text that the picture shows, and whether the next one is on its way.
let pictured = saved;
let picturing = false;
let pausing;
// The field of the form that was typed in and not left, and those on their way into
// the text: a save takes them along.
let typed = null;
let settled = Promise.resolve();

const on = { change: shown, files };
const mounting = mounted(form.elements.text);
// Before the editor is there: what is changed meanwhile would be missed.
document.addEventListener("studio:change", changedOnDisk);
const pad = await mounting;
let title = document.title;
document.addEventListener("studio:titled", () => {
  title = document.title;
  mark();
});

async function mounted(area) {
  const { editor, plain } = desk.dataset;
  const { mount } = await import(editor || plain).catch(() => import(plain));
  return mount(area, on);
}

// --- saving -----------------------------------------------------------------------

function dirty() {
  return pad.text !== saved || Boolean(typed);
}

function shown() {
  const unsaved = dirty();
  state.textContent = saving ? "saving" : unsaved ? "unsaved changes" : "saved";
  state.dataset.state = saving ? "saving" : unsaved ? "unsaved" : "saved";
  mark();
  staleFields();
  stalePicture();
}

function mark() {
  document.title = (dirty() ? "• " : "") + title;
}

function say(words, ...actions) {
  note.replaceChildren(words, ...actions);
  note.hidden = !words;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function ask(what, fields) {
  return post(`${url}/${what}`, new URLSearchParams(fields), { Accept: "application/json" });
}

// What an answer says is wrong, in a line.
async function wrong(answer) {
  const text = await answer.text();
  try {
    const { message, hint, mistakes } = JSON.parse(text);
    return mistakes ? mistakes.join("\n") : hint ? `${message}: ${hint}` : message;
  } catch {
    return text.length < 200 && !text.includes("<") ? text : "the studio could not do it";
  }
}

async function save(over) {
  typed?.dispatchEvent(new Event("change", { bubbles: true }));
  await settled;
  if (saving) return;
  const text = pad.text;
  const fields = { text, base: form.elements.base.value };
  if (typeof over === "string") fields.over = over;
  saving = true;
  shown();
  try {
    const answer = await ask("write", fields);
    if (answer.status === 409) conflict(await answer.text());
    else if (answer.ok) {
      settle((await answer.json()).hash, text);
      say("");
    } else say(`not saved: ${await wrong(answer)}`);
  } catch {
    say("not saved: the studio has ended. Start it again, then save; the text is still here.");
  } finally {
    saving = false;
    shown();
  }
  // Another program may have written the file right after us.
  if (missed) await look();
}

function settle(hash, text) {
  looks++;
  form.elements.base.value = hash;
  saved = text;
  // The file's own change shows it anew.
  if (view && text === pictured) delete view.dataset.unsaved;
}

// --- the picture of what is not saved yet -----------------------------------------

const PAUSE = 200; // milliseconds without a key

function stalePicture() {
  clearTimeout(pausing);
  if (view && pad.text !== pictured) pausing = setTimeout(picture, PAUSE);
}

// The studio keeps the text in memory alone. One at a time: the last one counts.
async function picture() {
  if (picturing) return;
  picturing = true;
  const text = pad.text;
  try {
    const answer = text === saved ? null : await ask("unsaved", { text });
    if (answer && !answer.ok) return;
    if (answer) view.dataset.unsaved = (await answer.json()).key;
    else delete view.dataset.unsaved;
    pictured = text;
    document.dispatchEvent(new Event("studio:text"));
    stalePicture();
  } catch {
    // The studio has ended; a save says so.
  } finally {
    picturing = false;
  }
}

document.addEventListener("studio:forgotten", () => {
  pictured = null;
  stalePicture();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  save();
});
addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});

// --- the file was changed by somebody else ----------------------------------------

function conflict(html) {
  dialog.innerHTML = html;
  if (!dialog.open) dialog.showModal();
}

async function compare() {
  conflict(await (await ask("differences", { text: pad.text })).text());
}

dialog.addEventListener("click", async (event) => {
  const choice = event.target.closest("[data-choice]")?.dataset.choice;
  if (!choice) return;
  dialog.close();
  if (choice === "mine") save(dialog.querySelector("[data-hash]").dataset.hash);
  if (choice === "disk") await takeDisk();
});

async function takeDisk() {
  const answer = await ask("keep", { text: pad.text });
  if (!answer.ok) return say(await wrong(answer));
  const { kept } = await answer.json();
  const disk = await current();
  if (!disk) return;
  settle(disk.hash, disk.text);
  setText(disk.text);
  shown();
  say(`the version on disk is here now; yours is kept in ${kept}`);
}

// The file as it is now, or nothing where it is not there, or that was told too late.
async function current(number) {
  try {
    const answer = await fetch(`${url}/text`);
    const found = answer.ok ? await answer.json() : await wrong(answer);
    if (number < looks) return null;
    if (answer.ok) return found;
    matter = true;
    say(answer.status === 404 ? "the file is gone from the disk, or has another name; your text is still here, and a save asks what to do" : found);
  } catch {
    // The studio has ended; a save says so.
  }
  return null;
}

async function changedOnDisk(event) {
  await mounting;
  const { files } = event.detail;
  if (files.includes(".")) {
    // The studio may have been started anew, and know nothing of what is written here.
    if (dirty()) pictured = null;
    stalePicture();
  }
  if (files.includes(desk.dataset.file) || files.includes(".")) await look();
}

async function look() {
  missed = saving;
  if (saving) return;
  const disk = await current(++looks);
  if (!disk) return;
  // What was said of it is true no more, or is said again.
  if (matter) say("");
  matter = false;
  if (disk.hash === form.elements.base.value) return;
  if (saving) {
    missed = true;
    return;
  }
  if (disk.text === pad.text || !dirty()) {
    const other = disk.text !== pad.text;
    settle(disk.hash, disk.text);
    setText(disk.text);
    shown();
    if (other) say("another program has changed the file: this is what it is now");
  } else {
    matter = true;
    say("another program has changed the file, and so have you. ", button("compare", compare));
  }
}

// Only what is different, so that the caret and what can be undone stay.
function setText(text) {
  const now = pad.text;
  if (now === text) return;
  const most = Math.min(now.length, text.length);
  let start = 0;
  while (start < most && now[start] === text[start]) start++;
  let end = 0;
  while (end < most - start && now.at(-1 - end) === text.at(-1 - end)) end++;
  pad.replace(start, now.length - end, text.slice(start, text.length - end));
}

// --- pictures ---------------------------------------------------------------------

// Whether what is pasted or dropped is taken here: texts that come with a picture of
// themselves, as from a word processor, are texts.
function files(transfer) {
  const found = [...transfer.files];
  if (!found.length || transfer.types.includes("text/plain")) return false;
  const pictures = found.filter((file) => file.type.startsWith("image/"));
  if (pictures.length) take(pictures);
  else say("only pictures can be put into a text");
  return true;
}

// Where the front matter ends; 0 without one.
function bodyStart(text) {
  return text.match(/^---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)/)?.[0].length ?? 0;
}

async function take(pictures) {
  for (const file of pictures) {
    say(`taking in ${file.name}`);
    try {
      const answer = await post(`${url}/pictures?name=${encodeURIComponent(file.name)}`, file);
      if (!answer.ok) return say(await wrong(answer));
      const { file: path, alt, address } = await answer.json();
      // Among the lines of the front matter it would break them.
      const body = bodyStart(pad.text);
      const gap = pad.caret < body ? "\n" : "";
      const from = gap.length + 2;
      pad.insert(`${gap}![${alt}](${address})${gap}`, from, from + alt.length, body);
      say(`the picture is in ${path}: say what it shows`);
    } catch {
      return say("the picture could not be taken in: the studio has ended");
    }
  }
}

const chooser = document.getElementById("chooser");
chooser?.addEventListener("change", () => {
  take([...chooser.files]);
  chooser.value = "";
});

// --- the front matter as a form ---------------------------------------------------

const fields = document.getElementById("fields");
let late = 0;
// The text of which the form was made, and how often a field was changed since.
let formed = form.elements.text.defaultValue;
let edits = 0;

function staleFields() {
  if (!fields) return;
  clearTimeout(late);
  late = setTimeout(renewFields, 400);
}

// Where the text is the same so is the form, or a field says what is wrong with it.
async function renewFields() {
  await settled;
  const [text, before] = [pad.text, edits];
  if (text === formed || fields.contains(document.activeElement)) return;
  try {
    const answer = await ask("fields", { text });
    const html = await answer.text();
    const busy = edits !== before || fields.contains(document.activeElement);
    if (!answer.ok || busy || text !== pad.text) return;
    fields.innerHTML = html;
    formed = text;
  } catch {
    // The studio has ended; a save says so.
  }
}

function group(name) {
  const key = name.split(".")[0];
  return [...fields.querySelectorAll("[name]")].filter((each) => each.name.split(".")[0] === key);
}

fields?.addEventListener("change", (event) => {
  const field = event.target;
  typed = null;
  edits++;
  settled = settled.then(() => intoText(field));
});

async function intoText(field) {
  const controls = group(field.name);
  const values = Object.fromEntries(controls.map((each) => [each.name, each.value]));
  const says = field.closest("[data-group]").querySelector(".says");
  try {
    const message = await changed(values);
    // Also where it is taken back in the text before the form is made anew.
    if (!message) formed = null;
    says.textContent = message;
    for (const each of controls) each.setAttribute("aria-invalid", Boolean(message));
  } catch {
    says.textContent = "the studio has ended";
  }
}

// Sets fields in the text; what is wrong with them. Who types meanwhile loses nothing:
// then they are set in what the text is by now.
async function changed(values) {
  const text = pad.text;
  const answer = await ask("change", { ...values, text });
  if (!answer.ok) return wrong(answer);
  const { text: made } = await answer.json();
  if (pad.text !== text) return changed(values);
  setText(made);
  return "";
}

fields?.addEventListener("input", (event) => {
  typed = event.target;
  count(typed);
  shown();
});

function count(field) {
  const told = field.dataset?.counter && document.getElementById(field.dataset.counter);
  if (told) told.textContent = [...field.value].length;
}

// --- problems: a click on a place goes there ---------------------------------------

document.addEventListener("click", (event) => {
  const [file, line] = event.target.closest?.("[data-copy]")?.dataset.copy.split(":") ?? [];
  if (file === desk.dataset.file && line) pad.goTo(Number(line));
});

markProblems(pad, desk.dataset.file);
shown();
desk.dataset.ready = "true";
