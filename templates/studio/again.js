// A page of mistakes looks again when something has changed. It asks for itself and is
// not loaded anew: it may be the answer to a form, which nobody wants to send twice.
const main = document.getElementById("content");
let asked = 0;

document.addEventListener("studio:change", async () => {
  const number = ++asked;
  try {
    const answer = await fetch(location.href);
    const coming = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number !== asked) return;
    const { innerHTML } = coming.getElementById("content") ?? main;
    if (answer.ok) location.replace(location.pathname + location.search);
    // The same is not put there twice: it would be read aloud.
    else if (innerHTML !== main.innerHTML) main.innerHTML = innerHTML;
  } catch {
    // The studio has ended; what is seen stays.
  }
});
