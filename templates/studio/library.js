// Sizes and problems come after the list, and again with every change.
const lists = { rows: `/rows${location.search}`, roundtables: "/roundtables" };
let asked = 0;

async function complete() {
  const number = ++asked;
  for (const [name, address] of Object.entries(lists)) {
    const list = document.getElementById(name);
    if (!list) continue;
    try {
      const answer = await fetch(address);
      const text = await answer.text();
      if (answer.ok && number === asked) keepFocus(list, () => (list.innerHTML = text));
    } catch {
      return; // The studio has ended; the lists stay as they are.
    }
  }
}

function keepFocus(list, change) {
  const at = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
  change();
  if (at) list.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
}

let waiting;
document.addEventListener("studio:change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(complete, 300);
});
complete();
