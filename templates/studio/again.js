// A page of mistakes looks again when something has changed. It asks for itself and is
// not loaded anew: it may be the answer to a form, which nobody wants to send twice.
import { fresh } from "./fresh.js";

const main = document.getElementById("content");

document.addEventListener("studio:change", async () => {
  const found = await fresh();
  if (!found) return;
  const { innerHTML } = found.page.getElementById("content") ?? main;
  if (found.ok) location.replace(location.pathname + location.search);
  // The same is not put there twice: it would be read aloud.
  else if (innerHTML !== main.innerHTML) main.innerHTML = innerHTML;
});
