// Gmail's line in a browser is as wide as a window. Where there is less room it is cut
// where Gmail cuts it all the same, and then set on as many lines as it takes.
const LINE = ".gmail-desktop .row";

export function fold(root) {
  for (const row of root.querySelectorAll(LINE)) {
    unfold(row);
    if (row.offsetWidth <= row.parentElement.clientWidth) continue;
    const cuts = [...row.children].map(cut);
    [...row.children].forEach((part, at) => (part.textContent = cuts[at]));
    row.classList.add("folded");
  }
}

function unfold(row) {
  row.classList.remove("folded");
  for (const part of row.children) {
    part.dataset.whole ??= part.textContent;
    part.textContent = part.dataset.whole;
  }
}

// What is seen of a part before its ellipsis, which takes as much room as it does here.
function cut(part) {
  const text = part.firstChild;
  if (!text || part.scrollWidth <= part.clientWidth) return part.dataset.whole;
  const room = part.getBoundingClientRect().right - parseFloat(getComputedStyle(part).paddingRight);
  const range = document.createRange();
  const fits = (length) => {
    range.setStart(text, 0);
    range.setEnd(text, length);
    return range.getBoundingClientRect().right + ELLIPSIS <= room;
  };
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  // Never half of a pair that is one character.
  return `${text.data.slice(0, least).replace(/[\ud800-\udbff]$/, "").trimEnd()}…`;
}

const ELLIPSIS = 14; // pixels, in its size
