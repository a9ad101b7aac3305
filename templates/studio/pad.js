// A plain text area with the doings of the editor; see assets/editor.js.
export function mount(area, on) {
  area.addEventListener("input", on.change);
  area.addEventListener("paste", (event) => {
    if (on.files(event.clipboardData)) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    if (on.files(event.dataTransfer)) event.preventDefault();
  });
  function put(insert, from, to, how) {
    area.setRangeText(insert, from, to, how);
    on.change();
  }
  return {
    get text() { return area.value; },
    replace(from, to, insert) { put(insert, from, to, "preserve"); },
    get caret() { return area.selectionStart; },
    // In the place of what is marked, but not before `least`.
    insert(text, from, to, least) {
      const at = Math.max(least, area.selectionStart);
      put(text, at, Math.max(at, area.selectionEnd), "end");
      area.focus();
      area.setSelectionRange(at + from, at + to);
    },
    goTo(line) {
      const lines = area.value.split("\n").slice(0, line - 1);
      const at = lines.reduce((sum, each) => sum + each.length + 1, 0);
      area.focus();
      area.setSelectionRange(at, at);
      const share = at / Math.max(1, area.value.length);
      area.scrollTop = share * area.scrollHeight - area.clientHeight / 2;
    },
    // A text area has no place for marks: the problems are told beside it.
    mark() {},
    focus() { area.focus(); },
  };
}
