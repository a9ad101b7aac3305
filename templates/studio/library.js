// Sizes and problems come after the list, and again with every change.
const rows = document.getElementById("rows");
let asked = 0;

async function complete() {
  if (!rows) return;
  const number = ++asked;
  try {
    const answer = await fetch(`/rows${location.search}`);
    const text = await answer.text();
    if (answer.ok && number === asked) keepFocus(() => (rows.innerHTML = text));
  } catch {
    // The studio has ended; the list stays as it is.
  }
}

function keepFocus(change) {
  const at = document.activeElement?.closest?.("#rows a")?.getAttribute("href");
  change();
  if (at) rows.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
}

let waiting;
document.addEventListener("studio:change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(complete, 300);
});
complete();
