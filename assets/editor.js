// The editor: CodeMirror 6 in the place of a text area, with the same few doings.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { yamlFrontmatter } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  EditorView, GutterMarker, drawSelection, dropCursor, gutter, highlightActiveLine, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are those of the page: variables reach into a shadow tree.
const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "var(--writing-size)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--writing-font)", lineHeight: "1.65", overflow: "auto" },
  ".cm-content": { padding: "1rem 0 40vh", caretColor: "var(--accent)", maxWidth: "46rem" },
  ".cm-line": { padding: "0 1.25rem 0 .5rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "none", fontSize: ".75em" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 .35rem 0 .6rem", lineHeight: "2.2" },
  ".cm-problems": { width: ".8rem", textAlign: "center" },
  ".cm-problem": { fontSize: ".8rem", lineHeight: "1.95", cursor: "help", color: "var(--quiet)" },
  ".cm-problem.warning": { color: "var(--warn)" },
  ".cm-problem.error": { color: "var(--wrong)" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--selected)" },
  ".cm-selectionMatch": { backgroundColor: "var(--hover)" },
  ".cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)", fontFamily: "var(--face)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-searchMatch": { backgroundColor: "var(--found)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--accent)" },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--paper)", backgroundImage: "none", color: "var(--ink)",
    border: "1px solid var(--edge)", borderRadius: "4px", padding: ".2rem .5rem",
  },
});

const WORDS = HighlightStyle.define([
  { tag: tags.heading, color: "var(--ink)", fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: [tags.quote], color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.monospace], color: "var(--code)" },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator, tags.labelName, tags.comment], color: "var(--quiet)" },
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--code)" },
]);

// Marks at the lines that have problems; they move with the text until the next are told.
const TOLD = StateEffect.define();

class Problem extends GutterMarker {
  constructor(severity, words) {
    super();
    Object.assign(this, { severity, words });
  }
  eq(other) { return other.severity === this.severity && other.words === this.words; }
  toDOM() {
    const dot = document.createElement("span");
    dot.className = `cm-problem ${this.severity}`;
    dot.title = this.words;
    dot.textContent = this.severity === "error" ? "●" : "○";
    return dot;
  }
}

const PROBLEMS = StateField.define({
  create: () => RangeSet.empty,
  update(marks, change) {
    const told = change.effects.find((each) => each.is(TOLD));
    if (!told) return marks.map(change.changes);
    const known = told.value.filter(({ line }) => line <= change.newDoc.lines);
    const at = ({ line, severity, words }) =>
      new Problem(severity, words).range(change.newDoc.line(line).from);
    return RangeSet.of(known.map(at), true);
  },
});

const KEYS = [...searchKeymap, ...historyKeymap, ...defaultKeymap];

/**
 * Put the editor in the place of `area`, a text area that stays in its form.
 *
 * `on.change()` is called after each change, `on.files(transfer)` with what is pasted or
 * dropped; it answers whether it takes it. Tab leaves the editor, as it leaves any
 * field.
 */
export function mount(area, on) {
  const host = document.createElement("div");
  host.className = "editor";
  area.after(host);
  area.hidden = true;
  // In a tree of its own the editor's styles need no `unsafe-inline` in our policy.
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), PROBLEMS,
        gutter({ class: "cm-problems", markers: (shown) => shown.state.field(PROBLEMS) }), history(), drawSelection(), dropCursor(), highlightActiveLine(),
        highlightSelectionMatches(), search(), EditorView.lineWrapping,
        yamlFrontmatter({ content: markdown({ base: markdownLanguage }) }),
        LOOK, syntaxHighlighting(WORDS), keymap.of(KEYS),
        EditorView.contentAttributes.of({
          "aria-label": area.getAttribute("aria-label") ?? "", spellcheck: "true", dir: "auto", tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = view.state.doc.toString();
          on.change();
        }),
        EditorView.domEventHandlers({
          paste: (event) => on.files(event.clipboardData) && stop(event),
          drop: (event) => {
            const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
            if (!event.dataTransfer.files.length) return false;
            if (at !== null) view.dispatch({ selection: { anchor: at } });
            return on.files(event.dataTransfer) && stop(event);
          },
        }),
      ],
    }),
  });
  return {
    get text() { return view.state.doc.toString(); },
    replace(from, to, insert) { view.dispatch({ changes: { from, to, insert } }); },
    get caret() { return view.state.selection.main.from; },
    // In the place of what is marked, but not before `least`.
    insert(text, from, to, least) {
      const marked = view.state.selection.main;
      const at = Math.max(least, marked.from);
      view.dispatch({
        changes: { from: at, to: Math.max(at, marked.to), insert: text },
        selection: { anchor: at + from, head: at + to },
        scrollIntoView: true,
      });
      view.focus();
    },
    goTo(line) {
      const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      view.dispatch({ selection: { anchor: found.from }, effects: EditorView.scrollIntoView(found.from, { y: "center" }) });
      view.focus();
    },
    mark(problems) { view.dispatch({ effects: TOLD.of(problems) }); },
    focus() { view.focus(); },
  };
}

function stop(event) {
  event.preventDefault();
  return true;
}
