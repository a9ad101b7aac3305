// Sizes and problems come after the list, and all of it again with every change.
const library = document.getElementById("library");
let asked = 0;

async function complete() {
  const number = ++asked;
  try {
    const answer = await fetch(`/parts${location.search}`);
    const text = await answer.text();
    if (answer.ok && number === asked) renew(text);
  } catch {
    // The studio has ended; what is seen stays.
  }
}

// What is as it was stays as it is: a word in the search, a mistake that was read aloud.
function renew(text) {
  const coming = new DOMParser().parseFromString(text, "text/html");
  for (const part of library.children) {
    const { innerHTML } = coming.getElementById(part.id);
    if (part.innerHTML !== innerHTML) keepFocus(part, () => (part.innerHTML = innerHTML));
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
