// The timeline of one call, drawn as it grows.

import { el, lasting } from "./dom.js";

export class TimelineView {
  /// `jump(place)` is asked for when somebody follows a row to its line.
  constructor(list, jump) {
    Object.assign(this, { list, jump, call: null, drawn: 0, nodes: new WeakMap(), every: false });
  }

  showEveryEvent(on) {
    this.every = on;
    this.list.classList.toggle("every", on);
  }

  show(call) {
    const other = call !== this.call;
    if (other) {
      this.list.replaceChildren();
      Object.assign(this, { call, drawn: 0, nodes: new WeakMap() });
    }
    if (!call) return;
    const atEnd = other || this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    for (const row of call.changed) {
      const old = this.nodes.get(row);
      if (old) old.replaceWith(this.node(row));
    }
    call.changed.clear();
    const fresh = call.rows.slice(this.drawn).map((row) => this.node(row));
    this.drawn = call.rows.length;
    this.list.append(...fresh);
    if (atEnd && fresh.length) this.list.scrollTop = this.list.scrollHeight;
  }

  node(row) {
    const classes = ["row", `is-${row.kind}`, `of-${row.who}`, row.tone, row.minor && "minor", row.running && "running"];
    const node = el(
      "li",
      { cls: classes.filter(Boolean).join(" ") },
      el("span", { cls: "t", text: row.t.toFixed(2) }),
      this.body(row),
      el("span", { cls: "meta" }, this.line(row), duration(row)),
    );
    this.nodes.set(row, node);
    return node;
  }

  body(row) {
    const body = el("div", { cls: "body" }, prefix(row));
    if (row.name) body.append(el("b", { text: row.name }), " ");
    if (row.kind === "heard" && row.how === "tts") body.append(el("q", { text: row.text }));
    else if (row.kind === "spoke") body.append(el("q", { text: row.text }));
    else body.append(el("span", { text: row.text }));
    if (row.hint) body.append(el("small", { text: `hint: ${row.hint}` }));
    const { call_id, node_id, ...params } = row.params ?? {};
    if (Object.keys(params).length) details(body, params);
    return body;
  }

  line({ place }) {
    if (!place?.line) return null;
    const button = el("button", { cls: "line", type: "button", text: `line ${place.line}`, title: "Show it in the script" });
    button.addEventListener("click", () => this.jump(place));
    return button;
  }
}

function prefix({ kind, who }) {
  const words = { heard: "You hear", pressed: "You press", spoke: "You say", event: "Event", refused: "Event" };
  const word = words[kind] ?? (who === "script" ? "Script" : who === "caller" ? "Caller" : "");
  return word && el("span", { cls: "sr", text: `${word}: ` });
}

function duration({ seconds, running }) {
  if (running) return el("span", { cls: "lasts now", text: "now" });
  return seconds === undefined ? null : el("span", { cls: "lasts", text: lasting(seconds) });
}

/// What was sent, in full, when it is asked for.
function details(body, params) {
  const more = el("button", { cls: "more", type: "button", text: "…", "aria-expanded": "false", "aria-label": "All of it" });
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") === "true";
    more.setAttribute("aria-expanded", String(!open));
    if (open) body.querySelector("pre").remove();
    else body.append(el("pre", { text: JSON.stringify(params, null, 2), tabindex: "0" }));
  });
  body.append(" ", more);
}
