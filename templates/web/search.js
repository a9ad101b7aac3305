// Finds issues, roundtables and experts. With MiniSearch beginnings of words and slips of
// the finger are found too; without it all words as they stand. What can be found is
// loaded once somebody searches, part by part, the newest year first.
"use strict";

{
  const SHOWN = 30;
  const BEFORE = 80;
  const EXCERPT = 240;
  const FIELDS = ["title", "about", "people", "tags", "text"];
  const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

  const documents = [];
  const form = document.getElementById("search");
  const field = document.getElementById("words");
  const found = document.getElementById("found");
  const results = document.getElementById("results");

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  const words = (text) => text.match(WORDS) ?? [];

  let engine = null;
  let begun = false;
  let complete = false;
  const folded = new Map();

  function plain(asked) {
    const wanted = words(asked).map(fold);
    const has = (text) => wanted.every((word) => text.includes(word));
    const hits = documents.filter(({ id }) => {
      if (!folded.has(id)) {
        folded.set(id, fold(FIELDS.map((name) => documents[id][name]).join(" ")));
      }
      return has(folded.get(id));
    });
    const inTitle = (hit) => has(fold(hit.title));
    return [...hits.filter(inTitle), ...hits.filter((hit) => !inTitle(hit))]
      .map((hit) => ({ document: hit, terms: [] }));
  }

  function search(asked) {
    if (words(asked).length === 0) return [];
    const hits = engine?.search(asked) ?? [];
    if (hits.length === 0) return plain(asked);
    return hits.map(({ id, terms }) => ({ document: documents[id], terms }));
  }

  // Text nodes and <mark>s: whatever an issue says stays text.
  function marked(text, isHit) {
    const part = document.createDocumentFragment();
    let end = 0;
    for (const word of text.matchAll(WORDS)) {
      if (!isHit(word[0])) continue;
      part.append(text.slice(end, word.index));
      const mark = document.createElement("mark");
      mark.textContent = word[0];
      part.append(mark);
      end = word.index + word[0].length;
    }
    part.append(text.slice(end));
    return part;
  }

  function excerpt(text, isHit) {
    let start = 0;
    for (const word of text.matchAll(WORDS)) {
      if (!isHit(word[0])) continue;
      start = Math.max(0, word.index - BEFORE);
      break;
    }
    if (start > 0) start = text.indexOf(" ", start) + 1;
    let end = Math.min(text.length, start + EXCERPT);
    if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), start + BEFORE);
    return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  }

  function element(name, className, content) {
    const made = document.createElement(name);
    made.className = className;
    made.append(content);
    return made;
  }

  function item({ document: hit, terms }, asked) {
    const exact = new Set(terms);
    const begun = words(asked).map(fold);
    const isHit = (word) => {
      const known = fold(word);
      return exact.has(known) || begun.some((start) => known.includes(start));
    };
    const link = element("a", "title", marked(hit.title, isHit));
    link.href = form.dataset.root + hit.path;
    const made = element("li", "", element("p", "column", hit.over));
    made.append(element("h2", "title", link));
    const shown = excerpt(hit.text || hit.about, isHit);
    if (shown) made.append(element("p", "excerpt", marked(shown, isHit)));
    return made;
  }

  function told(hits) {
    const { found: some, nothing } = form.dataset;
    const text = hits.length ? some.replace("{count}", hits.length) : complete ? nothing : "";
    return complete ? text : `${text} …`.trim();
  }

  function show() {
    const asked = field.value.trim();
    const hits = search(asked);
    // Who is on a result stays on it when more of them come.
    const held = results.contains(document.activeElement) && document.activeElement.href;
    results.replaceChildren(...hits.slice(0, SHOWN).map((hit) => item(hit, asked)));
    results.setAttribute("aria-busy", asked !== "" && !complete);
    if (held) [...results.querySelectorAll("a")].find(({ href }) => href === held)?.focus();
    found.textContent = asked ? told(hits) : "";
  }

  // A part that is missing is left out: what the others have is found all the same.
  const load = (source) => new Promise((done) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = script.onerror = done;
    document.head.append(script);
  });

  async function take(added) {
    for (const one of added) one.id = documents.push(one) - 1;
    // In slices, so that typing is never held up.
    await engine?.addAllAsync(added, { chunkSize: 25 });
  }

  async function begin() {
    if (begun) return;
    begun = true;
    for (const part of form.dataset.parts.split(" ").filter(Boolean)) {
      await load(part);
      engine ??= made();
      await take(globalThis.searchDocuments?.splice(0) ?? []);
      show();
    }
    complete = true;
    show();
  }

  function made() {
    if (!globalThis.MiniSearch) return null;
    return new MiniSearch({
      fields: FIELDS,
      storeFields: [],
      tokenize: words,
      processTerm: fold,
      searchOptions: {
        boost: { title: 4, about: 2, people: 2, tags: 2 },
        combineWith: "AND",
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      },
    });
  }

  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("focus", begin);
  field.addEventListener("input", () => { begin(); show(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      history.replaceState(null, "", `?${new URLSearchParams({ q: field.value.trim() })}`);
    } catch {
      // A page from the disk may not change its address; its results are there all the same.
    }
    begin();
    show();
  });
  show();
  if (field.value || document.activeElement === field) begin();
}
