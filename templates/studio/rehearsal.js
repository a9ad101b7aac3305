// What was rehearsed follows the files and the ledger; what is being chosen stays as it is.
import { fresh } from "./fresh.js";

const rehearsed = document.getElementById("rehearsed");
let last = rehearsed.innerHTML;

document.addEventListener("studio:change", async () => {
  const found = await fresh();
  if (found) follow(found.page);
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
