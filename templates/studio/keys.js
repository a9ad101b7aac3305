// Single keys for what has a `data-key`, and the sheet that lists them. They are heard
// outside of fields only, and can be turned off (WCAG 2.2, 2.1.4).
const sheet = document.getElementById("keys");
const list = sheet.querySelector("dl");
const asked = document.getElementById("help");
const single = document.getElementById("single-keys");
const OFF = "studio-single-keys";
const EVERYWHERE = [["?", "show these keys"], ["Ctrl or Cmd + S", "save, where you write"], ["Esc", "close what is open"]];

function remembered() {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true;
  }
}

function writesIn(target) {
  return target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
}

function nameOf(element) {
  return element.dataset.does || element.getAttribute("aria-label") || element.textContent.trim();
}

function reached() {
  return [...document.querySelectorAll("[data-key]")].filter((each) => each.checkVisibility());
}

function open() {
  const found = new Map();
  for (const each of reached()) {
    if (!found.has(each.dataset.key)) found.set(each.dataset.key, nameOf(each));
  }
  const rows = [...EVERYWHERE, ...found];
  list.replaceChildren(
    ...rows.map(([key, does]) => {
      const row = document.createElement("div");
      const [term, told, shown] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
      shown.textContent = key;
      told.textContent = does;
      term.append(shown);
      row.append(term, told);
      return row;
    }),
  );
  sheet.showModal();
}

asked.hidden = false;
asked.addEventListener("click", open);
single.checked = remembered();
single.addEventListener("change", () => {
  try {
    localStorage.setItem(OFF, single.checked ? "on" : "off");
  } catch {
    // It is off for this page only.
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.composedPath()[0];
  if (!(target instanceof Element) || writesIn(target) || !single.checked) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    open();
    return;
  }
  const found = reached().find((each) => each.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, select, textarea")) found.focus();
  else found.click();
});
