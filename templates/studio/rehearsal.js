// What was rehearsed follows the files and the ledger; what is being chosen stays as it is.
const rehearsed = document.getElementById("rehearsed");
let last = rehearsed.innerHTML;
let asked = 0;

document.addEventListener("studio:change", async () => {
  const number = ++asked;
  try {
    const answer = await fetch(location.href);
    const coming = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number === asked) follow(coming);
  } catch {
    // The studio has ended; what is seen stays.
  }
});

function follow(coming) {
  const html = coming.getElementById("rehearsed")?.innerHTML ?? reason(coming);
  // The same is not put there twice: what somebody has marked would be lost.
  if (html === last) return;
  last = html;
  const wasOpen = rehearsed.querySelector("details")?.open;
  rehearsed.innerHTML = html;
  if (wasOpen) rehearsed.querySelector("details")?.setAttribute("open", "");
}

// An issue that has a mistake, or is gone, is answered by another page, which says so.
function reason(coming) {
  const mistakes = coming.querySelector(".mistakes")?.closest(".overlay");
  return (mistakes ?? coming.querySelector("h1"))?.outerHTML ?? "";
}
