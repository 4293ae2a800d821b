// What is known of the calls, from what the server tells. It draws nothing and sends nothing.
//
// No key is kept while a payment runs: a dot stands for it. Nor is a row of keys that is as long as a card's number.

/// The most calls that are remembered, and the most rows of one call.
const MOST_CALLS = 30;
const MOST_ROWS = 2000;
/// So many digits in a row may be a card's.
const CARD_LIKE = 12;
const DOT = "•";

const NAMES = { audio: "a sound file", silence: "silence", ringtone: "a ringtone" };

export class Calls {
  constructor() {
    this.byId = new Map();
    this.count = 0;
  }

  get(id) {
    return this.byId.get(id);
  }

  all() {
    return [...this.byId.values()];
  }

  live() {
    return this.all().filter((call) => call.state !== "over");
  }

  /// Takes an entry of the timeline; gives the call that it is about, if it is known.
  take({ at, entry, text }) {
    if (entry.kind === "call") this.begin(entry, at);
    const call = this.byId.get(entry.call_id);
    if (!call) return null;
    call.at = Math.max(call.at, at);
    const row = KINDS[entry.kind]?.(call, entry, text);
    // The row stays the object that it is: what runs is found again by it.
    if (row) call.add(Object.assign(row, { t: entry.t, kind: entry.kind, place: entry.place ?? row.place }));
    return call;
  }

  begin({ call_id, from, to }, at) {
    this.count += 1;
    this.byId.set(call_id, new Call(call_id, this.count, from, to, at));
    const over = this.all().find((call) => call.state === "over");
    if (this.byId.size > MOST_CALLS && over) this.byId.delete(over.id);
  }
}

class Call {
  constructor(id, number, from, to, at) {
    Object.assign(this, { id, number, from, to, at, began: at, state: "ringing", ended: null, failed: false });
    Object.assign(this, { script: null, place: null, heard: null, keys: "", sent: 0, outcome: "", card: null });
    this.rows = [];
    this.changed = new Set();
    /// What was started and has not ended: its row, by control_id.
    this.running = new Map();
    this.payments = new Set();
    /// Where the parts of the script wait, by their names.
    this.waits = new Map();
  }

  get paying() {
    return this.payments.size > 0;
  }

  add(row) {
    if (this.rows.length < MOST_ROWS) this.rows.push(row);
    return row;
  }

  touch(row) {
    this.changed.add(row);
  }

  over(at) {
    if (this.state === "over") return;
    this.state = "over";
    this.ended = at;
    this.place = null;
    this.heard = null;
    this.keys = "";
    this.payments.clear();
    for (const row of this.running.values()) this.touch(Object.assign(row, { running: false }));
    this.running.clear();
  }
}

const KINDS = {
  call: (_, { from, to }) => ({ who: "caller", text: `${from} calls ${to}` }),

  script(call, { script, version }) {
    call.script = { file: script, version };
    return null;
  },

  verb(call, { verb, method, params, t, place }, text) {
    call.place = place ?? call.place;
    const row = { who: "script", name: verb, text: rest(text ?? verb, verb), params };
    const control = params?.control_id;
    // `pay.stop` and its like speak of an action that runs already.
    if (control && !call.running.has(control) && /^calling\.[a-z_]+$/.test(method)) {
      call.running.set(control, Object.assign(row, { running: true, since: t }));
      if (method === "calling.pay") {
        call.payments.add(control);
        call.keys = "";
      }
    }
    return row;
  },

  /// A part of the script waits there, or goes on. The line stays marked until the next one is known.
  waits(call, { strand, place }) {
    call.waits.delete(strand);
    if (place) call.waits.set(strand, place);
    call.place = [...call.waits.values()].at(-1) ?? call.place;
    return null;
  },

  refused(call, { verb, method, code, message }) {
    const started = [...call.rows].reverse().find((row) => row.kind === "verb" && row.name === verb);
    const control = started?.params?.control_id;
    if (control) finish(call, control, started.t);
    if (method === "calling.pay" && control) call.payments.delete(control);
    return { who: "event", tone: "bad", name: verb, text: `refused with ${code}: ${message}` };
  },

  event(call, { event_type, summary, params, t }, text) {
    const name = event_type.replace(/^calling\.call\./, "").replace(/^calling\./, "");
    if (name === "state" && summary.startsWith("answered")) call.state = "live";
    if (name === "state" && summary.startsWith("ended")) call.over(call.at);
    if (isLast(name, params)) {
      finish(call, params.control_id, t);
      if (name === "pay") call.payments.delete(params.control_id);
      if (name === "pay" || name === "collect") call.keys = "";
    }
    if (name === "play" && params?.state === "finished") call.heard = { ...call.heard, done: true };
    const tone = params?.state === "error" || summary.startsWith("error") ? "bad" : undefined;
    return { who: "event", minor: text == null, text: text ?? `${name} ${summary}`, params, tone };
  },

  heard(call, { text, how, seconds, t }) {
    call.heard = { text, how, seconds, t, done: false };
    call.keys = "";
    const shown = how === "tts" ? text : `${NAMES[how] ?? how} (${text})`;
    return { who: "caller", text: shown, how, seconds };
  },

  pressed(call, { digits }) {
    const secret = call.paying || /^\*{2,}$/.test(digits) || digits.includes(DOT);
    // What is secret comes without its length: one dot for a key of this page, a few for a card that is typed.
    const typed = call.sent > 0;
    if (typed) call.sent -= 1;
    const shown = secret ? DOT.repeat(typed ? 1 : 4) : digits;
    call.keys = masked(call.keys + shown).slice(-24);
    const last = call.rows.at(-1);
    if (last?.kind !== "pressed") return { who: "you", text: masked(shown) };
    last.text = masked(last.text + shown);
    call.touch(last);
    return null;
  },

  spoke: (_, { text }) => ({ who: "you", text }),

  ended(call, { reason, by }) {
    call.by = by;
    call.outcome ||= reason;
    return null;
  },

  outcome(call, { reason, by, failed, seconds }) {
    call.over(call.at);
    Object.assign(call, { outcome: reason, failed: Boolean(failed), by: by ?? call.by, length: seconds });
    const who = failed ? "the script failed" : call.by ? `by the ${call.by}` : "";
    return { who: "end", tone: failed ? "bad" : undefined, text: `Call ended: ${reason}${who && `, ${who}`}` };
  },

  print: (_, { text }) => ({ who: "script", name: "print", text }),
  debug: (_, { text }) => ({ who: "script", name: "debug", text }),

  fault(_, { fault }) {
    const place = { file: fault.file, line: fault.line, column: fault.column };
    return { who: "script", tone: "bad", name: "failed", text: fault.message, hint: fault.hint, place };
  },
};

/// Whether this event is the last one of its action.
function isLast(name, params) {
  if (!params?.control_id) return false;
  if (name === "collect") return params.final !== false && Boolean(params.result || params.state);
  if (name === "detect") return Boolean(params.detect);
  return ["finished", "error", "no_input"].includes(params.state);
}

function finish(call, control, t) {
  const row = call.running.get(control);
  if (!row) return;
  call.running.delete(control);
  Object.assign(row, { running: false, seconds: Math.max(0, t - row.since) });
  call.touch(row);
}

/// Dots in place of what may be a card's number.
function masked(keys) {
  return keys.replace(new RegExp(`\\d{${CARD_LIKE},}`, "g"), (digits) => DOT.repeat(digits.length));
}

function rest(text, verb) {
  return text.startsWith(verb) ? text.slice(verb.length).trim() : text;
}
