// The phone: dialling, keys, words, cards, and what the chosen call hears.
//
// A key is sent and forgotten. What the keypad shows came back from the server, dots while a payment listens.

import { byId, clock, el, lasting, setText } from "./dom.js";

const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const SPOKEN = { "*": "star", "#": "pound" };
const STATES = { ringing: "Ringing", live: "Connected", over: "Ended" };
const OUTCOMES = { card: "By card", approve: "Approve", decline: "Decline", timeout: "Time out", error: "Error" };
const BRANDS = { amex: "American Express", "diners-club": "Diners Club", jcb: "JCB" };

/// `connector times out` as `Times out`: there is little room.
function title(name) {
  const short = name.replace(/^connector /, "");
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/// `Visa …4242`.
export function cardName({ brand, number }) {
  const name = BRANDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1);
  return `${name} …${number.slice(-4)}`;
}

export class Phone {
  /// `act` holds what the buttons do: dial, press, say, hangUp, again, save, card, connector, text.
  constructor(act) {
    this.act = act;
    this.form = byId("dial");
    this.drawPad();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { from, to, context } = this.form.elements;
      act.dial({ from: from.value.trim(), to: to.value.trim(), context: context.value.trim() });
    });
    onText("say", "words", act.say);
    onText("text", "body", act.text);
    byId("hang").addEventListener("click", act.hangUp);
    byId("again").addEventListener("click", act.again);
    byId("save").addEventListener("click", () => this.call && act.save(this.call));
    byId("numbers").addEventListener("toggle", () => this.drawNumbers());
    addEventListener("keydown", (event) => this.typed(event));
  }

  drawPad() {
    byId("keypad").replaceChildren(
      ...PAD.map((key) => {
        const button = el(
          "button",
          { type: "button", cls: "key", "data-key": key, "aria-label": SPOKEN[key] ?? key },
          el("span", { text: key }),
          el("small", { text: LETTERS[key] ?? "", "aria-hidden": "true" }),
        );
        button.addEventListener("click", () => this.act.press(key));
        return button;
      }),
    );
  }

  /// Keys of the keyboard are keys of the phone, unless somebody writes.
  typed(event) {
    const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!PAD.includes(event.key) || !this.call || this.call.state === "over") return;
    event.preventDefault();
    const button = byId("keypad").querySelector(`[data-key="${event.key}"]`);
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 120);
    this.act.press(event.key);
  }

  /// What the server offers.
  hello({ contexts, from, to, cards, outcomes }) {
    const fields = this.form.elements;
    fields.from.value ||= from;
    fields.to.value ||= to;
    fields.context.value ||= contexts[0] ?? "";
    byId("contexts").replaceChildren(...contexts.map((name) => el("option", { value: name })));
    this.testCards = cards;
    this.drawCards();
    byId("outcomes-list").replaceChildren(...outcomes.map((name) => this.outcome(name)));
  }

  drawCards() {
    const first = (card, index, all) => all.findIndex(({ outcome }) => outcome === card.outcome) === index;
    byId("cards").replaceChildren(...this.testCards.filter(first).map((card) => this.card(card)));
  }

  card(card) {
    const button = el(
      "button",
      { type: "button", cls: `card is-${card.outcome}` },
      el("span", { text: title(card.name) }),
      el("small", { text: cardName(card) }),
    );
    button.addEventListener("click", () => this.act.card(card));
    return button;
  }

  /// The public numbers of the test cards are on the page while they are asked for, and then no more.
  drawNumbers() {
    const grouped = (number) => number.replace(/(.{4})(?=.)/g, "$1 ");
    const line = (card) => {
      const { number, expiry, cvv, zip } = card;
      return el("li", {}, this.card(card), el("code", { text: `${grouped(number)} · ${expiry} · ${cvv} · ${zip}` }));
    };
    byId("numbers-list").replaceChildren(...(byId("numbers").open ? this.testCards.map(line) : []));
  }

  outcome(name) {
    const input = el("input", { type: "radio", name: "outcome", value: name });
    input.addEventListener("change", () => this.act.connector(name));
    return el("label", { cls: "option" }, input, el("span", { text: OUTCOMES[name] ?? name }));
  }

  connector(name) {
    for (const input of document.getElementsByName("outcome")) input.checked = input.value === name;
  }

  problem(text) {
    setText(byId("dial-problem"), text);
  }

  /// Draws the chosen call; without one, what a call needs.
  show(call, linked, pays) {
    const other = call !== this.call;
    this.call = call;
    this.form.hidden = Boolean(call);
    byId("oncall").hidden = !call;
    this.form.querySelector("button").disabled = !linked;
    byId("outcomes").hidden = !pays;
    if (!call) return;
    const over = call.state === "over";
    setText(byId("party"), call.to);
    setText(byId("state"), over ? ending(call) : `${STATES[call.state]}, from ${call.from}`);
    setText(byId("caption"), caption(call));
    byId("caption").classList.toggle("quote", !over && call.heard?.how === "tts");
    setText(byId("keys"), call.keys);
    for (const id of ["keypad", "say", "hang"]) byId(id).hidden = over;
    byId("after").hidden = !over;
    byId("cards-group").hidden = over || !pays || !this.testCards?.length;
    this.showCards(call);
    if (other || call.heard !== this.heard) this.meter(call);
  }

  /// The test that the call was saved as, or the button that saves it.
  showSaved(call, canSave) {
    const saved = call?.saved;
    byId("save").hidden = !canSave || Boolean(saved);
    byId("save").disabled = Boolean(call?.saving);
    byId("saved").hidden = !saved;
    setText(byId("saved-title"), saved ? `Saved as ${saved.name} in ${saved.path}` : "");
    setText(byId("saved-warning"), saved?.warning ?? "");
    setText(byId("saved-text"), saved?.text ?? "");
    setText(byId("saved-run"), saved?.run ?? "");
  }

  showCards(call) {
    byId("cards-group").classList.toggle("asked", call.paying);
    const hint = call.paying ? "click one to pay now" : "one click pays when asked";
    setText(byId("cards-hint"), call.card ? `pays with ${call.card}` : hint);
  }

  /// A thin line that runs as long as what is heard.
  meter(call) {
    this.heard = call.heard;
    const meter = byId("meter");
    meter.classList.remove("runs");
    const { seconds, done } = call.heard ?? {};
    if (!seconds || done || call.state === "over") return;
    meter.style.animationDuration = `${seconds / this.act.pace()}s`;
    void meter.offsetWidth;
    meter.classList.add("runs");
  }

  tick(seconds) {
    setText(byId("clock"), clock(seconds));
  }

  message({ direction, from, to, body }) {
    const ours = direction === "inbound";
    const other = ours ? `to ${to}` : `from ${from}`;
    byId("thread").append(el("li", { cls: ours ? "ours" : "theirs" }, el("span", { text: body }), el("small", { text: other })));
    if (!ours) byId("messages").open = true;
  }
}

function ending({ outcome, by, failed, length }) {
  const who = failed ? "the script failed" : by ? `by the ${by}` : "";
  const after = length === undefined ? "Ended" : `Ended after ${lasting(length)}`;
  return `${after}: ${[outcome, who].filter(Boolean).join(", ")}`;
}

function caption({ state, heard, paying }) {
  if (state === "over") return "The call is over.";
  if (state === "ringing") return "Ringing…";
  if (!heard) return paying ? "The script takes a payment." : "The script listens.";
  if (heard.how === "tts") return heard.text;
  return { silence: "Silence", ringtone: "A ringtone", audio: `A sound file: ${heard.text}` }[heard.how] ?? heard.text;
}

/// A form of one line whose text is handed on and not kept.
function onText(form, field, act) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const input = byId(field);
    if (input.value.trim() && act(input.value.trim())) input.value = "";
  });
}
