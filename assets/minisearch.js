// The words of the archive are found by this; a classic script, so that it runs from a disk.
import MiniSearch from "minisearch";

globalThis.MiniSearch = MiniSearch;
