// Plays music where it is asked for. Everything can be read and followed without it.
"use strict";

for (const link of document.querySelectorAll("a[data-player]")) {
  const { player, height, sandbox, label, title } = link.dataset;
  link.textContent = label;
  link.classList.add("button");
  link.setAttribute("role", "button");

  const play = () => {
    const frame = document.createElement("iframe");
    frame.className = "player";
    frame.title = title;
    frame.height = height;
    frame.allow = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    if (sandbox) frame.setAttribute("sandbox", sandbox);
    frame.src = player;
    link.parentElement.replaceWith(frame);
    frame.focus();
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    play();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    play();
  });
}
