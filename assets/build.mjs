// Bundles each entry of this folder for the browser: `make assets`.
// Beside a bundle stand the licences of the packages that are in it.
import { readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

// The studio loads a module; a page of the archive may be read from a disk, where only
// classic scripts are loaded.
const ENTRIES = { "editor.js": "esm", "minisearch.js": "iife" };
const FOLDER = resolve(import.meta.dirname, "../newsletter/built");

function packageOf(file) {
  const parts = file.split("node_modules/");
  if (parts.length < 2) return null;
  const names = parts.at(-1).split("/");
  const name = names[0].startsWith("@") ? `${names[0]}/${names[1]}` : names[0];
  return join(import.meta.dirname, parts.slice(0, -1).join("node_modules/"), "node_modules", name);
}

function licence(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[sc]e/i.test(each));
  if (!file) throw new Error(`${name} comes without its licence`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

mkdirSync(FOLDER, { recursive: true });
for (const [entry, format] of Object.entries(ENTRIES)) {
  const made = await build({
    entryPoints: [entry],
    absWorkingDir: import.meta.dirname,
    outdir: FOLDER,
    bundle: true,
    format,
    minify: true,
    target: "es2022",
    metafile: true,
  });
  const folders = new Set(Object.keys(made.metafile.inputs).map(packageOf).filter(Boolean));
  const notice = [...folders].sort().map(licence).join("\n----\n\n");
  writeFileSync(join(FOLDER, entry.replace(/js$/, "NOTICE")), notice);
}
