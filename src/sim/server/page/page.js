// The softphone: what the server tells goes into `Calls`, and the views draw what changed.

import { Calls } from "./calls.js";
import { byId, clock, el, remember, remembered, setText } from "./dom.js";
import { Live } from "./live.js";
import { Phone, cardName } from "./phone.js";
import { ScriptView } from "./script.js";
import { Sound } from "./sound.js";
import { TimelineView } from "./timeline.js";

const MOST_NOTICES = 5;

let calls = new Calls();
let chosen = null;
/// The answers that dials wait for, and what was dialled last.
let dials = new Map();
let dialled = null;
/// The calls that are being saved, by the references of their answers.
let saves = new Map();
/// Whether calls can be saved as tests.
let canSave = false;
let references = 0;
let linked = false;
let replaying = true;
/// What the clocks go by: the server's time when the page was last told, and how fast it runs.
let told = { at: 0, when: performance.now() };
let speed = 1;
let dirty = false;
let lastLook = null;

const sound = new Sound();
const script = new ScriptView({
  code: byId("code"), files: byId("files"), version: byId("version"), stale: byId("stale"),
});
const timeline = new TimelineView(byId("rows"), (place) => script.jump(place));

const phone = new Phone({
  dial(number) {
    dialled = number;
    references += 1;
    const ref = String(references);
    dials.set(ref, true);
    phone.problem(live.send({ type: "dial", ref, ...number }) ? "" : "The program cannot be reached.");
  },
  again() {
    const call = calls.get(chosen);
    const context = dialled?.context ?? byId("context").value;
    if (call) phone.act.dial({ from: call.from, to: call.to, context });
  },
  press(key) {
    const call = calls.get(chosen);
    if (!call || call.state === "over") return;
    sound.tone(key);
    if (call.paying) sound.hush();
    if (live.send({ type: "press", call_id: call.id, digits: key })) call.sent += 1;
  },
  say: (text) => chosen && live.send({ type: "say", call_id: chosen, text }),
  save(call) {
    references += 1;
    const ref = String(references);
    saves.set(ref, call.id);
    call.saving = live.send({ type: "save_test", ref, call_id: call.id });
    if (!call.saving) phone.problem("The program cannot be reached.");
    draw();
  },
  hangUp: () => chosen && live.send({ type: "hang_up", call_id: chosen }),
  card(card) {
    const call = calls.get(chosen);
    if (!call || !live.send({ type: "card", call_id: call.id, ending: card.number.slice(-4) })) return;
    call.card = cardName(card);
    draw();
  },
  connector: (outcome) => live.send({ type: "connector", outcome }),
  text(body) {
    const { from, to, context } = byId("dial").elements;
    return live.send({ type: "message", from: from.value, to: to.value, context: context.value, body });
  },
  pace: () => speed,
});

const live = new Live({
  /// The server tells everything again.
  fresh() {
    calls = new Calls();
    dials = new Map();
    saves = new Map();
    replaying = true;
    script.reset();
    timeline.show(null);
    byId("thread").replaceChildren();
    byId("notices").replaceChildren();
  },
  take(message) {
    TAKE[message.type]?.(message);
    draw();
  },
  link(up) {
    linked = up;
    setText(byId("link"), up ? "ready" : "connecting");
    byId("link").classList.toggle("up", up);
    if (!up) sound.hush();
    draw();
  },
});

const TAKE = {
  hello(hello) {
    speed = hello.speed ?? 1;
    canSave = hello.mode === "run";
    phone.hello(hello);
  },
  connector: ({ outcome }) => phone.connector(outcome),
  script: (file) => script.take(file),
  notice,
  /// What came before this has happened before.
  live({ at }) {
    replaying = false;
    told = { at, when: performance.now() };
    if (chosen && !calls.get(chosen)) chosen = null;
    chosen ??= calls.live().at(-1)?.id ?? null;
  },
  entry(message) {
    told = { at: Math.max(told.at, message.at), when: replaying ? told.when : performance.now() };
    const { entry } = message;
    if (entry.kind === "message") phone.message(entry);
    const call = calls.take(message);
    if (replaying || !call) return;
    if (entry.kind === "call" && calls.get(chosen)?.state !== "live") choose(call.id);
    if (call.id !== chosen) return;
    if (entry.kind === "heard") sound.hear(entry, speed);
    if (entry.kind === "ended" && entry.by === "caller") sound.hush();
  },
  dialled({ ref, call_id }) {
    if (dials.delete(ref)) choose(call_id);
  },
  saved(saved) {
    saves.delete(saved.ref);
    const call = calls.get(saved.call_id);
    if (call) Object.assign(call, { saving: false, saved });
  },
  failed({ ref, error }) {
    dials.delete(ref);
    const unsaved = calls.get(saves.get(ref));
    if (unsaved) unsaved.saving = false;
    saves.delete(ref);
    phone.problem(error);
    notice({ level: "error", text: error });
  },
};

/// What a look at the scripts came to takes the place of what the look before it came to.
function notice({ level, text, look }) {
  const node = el("pre", { cls: `notice is-${level}`, text, tabindex: "0" });
  const list = byId("notices");
  if (look !== undefined && look !== lastLook) {
    lastLook = look;
    list.replaceChildren();
  }
  list.append(node);
  while (list.children.length > MOST_NOTICES) list.firstChild.remove();
  list.scrollTop = list.scrollHeight;
}

function choose(id) {
  if (id !== chosen) sound.hush();
  chosen = id;
  draw();
}

/// Draws once for all that comes in one frame.
function draw() {
  if (dirty) return;
  dirty = true;
  requestAnimationFrame(() => {
    dirty = false;
    const call = calls.get(chosen) ?? null;
    drawTabs();
    phone.showSaved(call, linked && canSave);
    phone.show(call, linked, script.pays() || Boolean(call?.paying));
    byId("empty").hidden = Boolean(call);
    byId("rows").hidden = !call;
    timeline.show(call);
    script.show(call);
    tick();
  });
}

const tabs = new Map();

function drawTabs() {
  const nav = byId("tabs");
  for (const [id, tab] of tabs) {
    if (id !== "" && !calls.get(id)) {
      tab.remove();
      tabs.delete(id);
    }
  }
  for (const call of calls.all()) {
    if (!tabs.has(call.id)) nav.append(tab(call.id, `#${call.number}`));
    const node = tabs.get(call.id);
    node.className = `tab is-${call.state}${call.failed ? " failed" : ""}`;
    setText(node.querySelector(".from"), call.from);
  }
  if (!tabs.has("")) nav.prepend(tab("", "New call"));
  tabs.get("").className = "tab new";
  for (const [id, node] of tabs) node.setAttribute("aria-current", String(id === (chosen ?? "")));
}

function tab(id, name) {
  const node = el("button", { type: "button" }, el("b", { text: name }));
  if (id) node.append(el("span", { cls: "from" }), el("span", { cls: "time" }));
  node.addEventListener("click", () => choose(id || null));
  tabs.set(id, node);
  return node;
}

/// The clocks of the calls that live.
function tick() {
  const now = told.at + ((performance.now() - told.when) / 1000) * speed;
  for (const call of calls.all()) {
    const seconds = call.length ?? (call.ended ?? now) - call.began;
    const time = tabs.get(call.id)?.querySelector(".time");
    if (time) setText(time, clock(seconds));
    if (call.id === chosen) phone.tick(seconds);
  }
}

setInterval(() => calls.live().length && tick(), 500);

function setting(id, on, change) {
  byId(id).checked = on;
  change(on);
  byId(id).addEventListener("change", (event) => change(event.target.checked));
}

setting("voice", sound.voice, (on) => sound.setVoice(on));
setting("tones", sound.tones, (on) => sound.setTones(on));
setting("events", remembered("events", false), (on) => {
  remember("events", on);
  timeline.showEveryEvent(on);
});
draw();
