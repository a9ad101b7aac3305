// Marks the lines of the text that has problems, in an editor that can.
const told = ["over", "beside"].map((id) => document.getElementById(id)).filter(Boolean);

// Marks those of `file` in `pad`, now and whenever others are told.
export function markProblems(pad, file) {
  const mark = () => pad.mark([...problemsOf(file)]);
  const watching = new MutationObserver(mark);
  told.forEach((each) => watching.observe(each, { childList: true, subtree: true }));
  mark();
}

// What lies over the picture comes first: while a text is broken, what stands beside it
// is told of the last one that was whole.
function problemsOf(wanted) {
  const found = new Map();
  const places = told.map((each) => [...each.querySelectorAll("[data-copy]")]);
  for (const place of places.find((each) => each.length) ?? []) {
    const [file, line] = place.dataset.copy.split(":");
    if (file !== wanted || !line) continue;
    const item = place.closest("li");
    const words = (item.querySelector("p, strong")?.textContent ?? "").trim();
    const before = found.get(line);
    const severity = before?.severity === "error" ? "error" : item.className || "error";
    found.set(line, { line: Number(line), severity, words: before ? `${before.words}\n${words}` : words });
  }
  return found.values();
}
