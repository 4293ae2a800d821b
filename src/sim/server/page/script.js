// The text of the scripts, and the line where a call waits. It reads Rhai only as far as colours need it.

import { base, el, setText } from "./dom.js";

/// How many old versions of a file are kept for calls that still run them.
const MOST_VERSIONS = 8;

const TOKENS = new RegExp(
  [
    "(?<comment>\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\/)",
    '(?<string>"(?:\\\\[\\s\\S]|[^"\\\\])*"|`[^`]*`|\'[^\']*\')',
    "(?<keyword>\\b(?:let|const|if|else|switch|while|loop|do|until|for|in|break|continue|return|throw|try|catch|fn|private|import|export|as|true|false|this)\\b)",
    "(?<number>\\b\\d[\\d_]*(?:\\.\\d+)?\\b)",
    "(?<verb>(?<=\\b(?:call|relay)\\.)[a-z_]+)",
  ].join("|"),
  "g",
);

export class ScriptView {
  constructor({ code, files, version, stale }) {
    Object.assign(this, { code, files, version, stale, sources: new Map(), chosen: null, shown: null, marked: null });
    files.addEventListener("change", () => {
      this.chosen = files.value;
      this.show(this.call);
    });
  }

  reset() {
    this.sources.clear();
    this.shown = null;
  }

  /// A file in a new version.
  take({ file, version, contexts, text }) {
    const known = this.sources.get(file) ?? { versions: new Map(), contexts };
    known.contexts = contexts;
    known.newest = version;
    known.versions.delete(version);
    known.versions.set(version, text);
    if (known.versions.size > MOST_VERSIONS) known.versions.delete(known.versions.keys().next().value);
    this.sources.set(file, known);
    this.shown = null;
    this.list();
  }

  list() {
    const names = [...this.sources.keys()];
    const options = names.map((name) => el("option", { value: name, text: base(name) }));
    this.files.replaceChildren(...options);
    this.files.disabled = names.length < 2;
  }

  /// The file that this call is in; without a call, the first script or the one that was chosen.
  show(call, place = call?.place) {
    if (call !== this.call) this.chosen = null;
    this.call = call;
    const wanted = this.chosen ?? this.find(place?.file) ?? this.find(call?.script?.file) ?? this.first();
    const source = this.sources.get(wanted);
    if (!source) return;
    const asked = call?.script?.version ?? source.newest;
    const version = source.versions.has(asked) ? asked : source.newest;
    this.write(wanted, version, source.versions.get(version));
    const lags = Boolean(call?.script) && call.script.version !== source.newest;
    this.stale.hidden = !lags;
    if (lags) setText(this.stale, staleness(call, version, source.newest));
    this.mark(place && this.find(place.file) === wanted ? place.line : null);
  }

  /// Shows a place that somebody asked for.
  jump(place) {
    const file = this.find(place.file);
    if (!file) return;
    this.chosen = file;
    this.show(this.call);
    const line = this.code.children[place.line - 1];
    if (!line) return;
    this.scrollTo(line);
    line.classList.remove("flash");
    requestAnimationFrame(() => line.classList.add("flash"));
    this.chosen = null;
  }

  /// Whether a script may take a payment; with no script to be seen, any may.
  pays() {
    const texts = [...this.sources.values()].map((source) => source.versions.get(source.newest));
    return texts.length === 0 || texts.some((text) => text.includes("pay("));
  }

  first() {
    const main = [...this.sources].find(([, source]) => source.contexts.length > 0);
    return main?.[0] ?? this.sources.keys().next().value;
  }

  find(file) {
    if (!file) return undefined;
    if (this.sources.has(file)) return file;
    return [...this.sources.keys()].find((name) => base(name) === base(file));
  }

  write(file, version, text) {
    this.files.value = file;
    setText(this.version, `version ${version}`);
    const shown = `${file}\n${version}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.marked = null;
    this.code.replaceChildren(...lines(text));
  }

  /// Marks the line where the call is, and follows it.
  mark(number) {
    if (this.marked?.number === number && this.marked.line.isConnected) return;
    this.marked?.line.classList.remove("at");
    this.marked?.line.removeAttribute("aria-current");
    const line = number ? this.code.children[number - 1] : null;
    this.marked = line ? { number, line } : null;
    if (!line) return;
    line.classList.add("at");
    line.setAttribute("aria-current", "step");
    this.scrollTo(line);
  }

  /// Moves the text, never the page.
  scrollTo(line) {
    const { scrollTop, clientHeight } = this.code;
    const top = line.offsetTop - this.code.offsetTop;
    if (top < scrollTop + 40 || top > scrollTop + clientHeight - 60) this.code.scrollTop = top - clientHeight / 3;
  }
}

function staleness(call, shown, newest) {
  const runs = `This call runs version ${call.script.version}; the next one gets version ${newest}.`;
  return shown === call.script.version ? runs : `${runs} Its own text is gone: this is version ${shown}.`;
}

/// One element a line, tokens that span lines included.
function lines(text) {
  const rows = [el("li")];
  const put = (piece, cls) => {
    for (const [index, part] of piece.split("\n").entries()) {
      if (index > 0) rows.push(el("li"));
      if (part) rows.at(-1).append(cls ? el("span", { cls, text: part }) : part);
    }
  };
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    put(text.slice(at, match.index));
    const [cls] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    put(match[0], `c-${cls}`);
    at = match.index + match[0].length;
  }
  put(text.slice(at).replace(/\n$/, ""));
  return rows;
}
