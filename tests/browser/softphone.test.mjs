// What somebody who opens the page can do with it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Program, Softphone, launch } from "./program.mjs";

/// A good number that is none of the test cards: the page has no reason to hold any part of it.
const NUMBER = "4111111111111111";
const HELD = /4111|1111/;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/// Runs `steps` on a page of a fresh program, and sees that the browser had nothing to complain of.
async function on({ script, ...options }, steps) {
  const program = new Program(script);
  const url = await program.start();
  const phone = await Softphone.open(browser, url, options);
  try {
    await steps(phone, program);
    assert.deepEqual(phone.complaints, []);
  } catch (error) {
    await phone.shot("failed", { fullPage: true });
    throw error;
  } finally {
    await phone.context.close();
    await program[Symbol.asyncDispose]();
  }
}

test("a card that is entered by the keypad pays", () =>
  on({ colorScheme: "light" }, async (phone) => {
    await phone.shot("ready");
    await phone.call();
    await phone.hears("We will now collect your payment.");
    await phone.hears("enter your credit card number");
    await phone.type(NUMBER.slice(0, 6));
    await phone.page.locator("#keys", { hasText: "••••••" }).waitFor();
    await phone.shot("paying");
    assert.equal(await phone.page.locator("#code .at").innerText(), "let event = action.wait();");
    await phone.type(`${NUMBER.slice(6)}#`);
    await phone.hears("expiration date");
    await phone.type("1230#");
    await phone.hears("security code");
    await phone.type("123#");
    await phone.hears("postal code");
    await phone.type("90210#");
    await phone.hears("Payment processed successfully.");
    await phone.over();

    const verbs = await phone.page.locator("#rows .is-verb b").allInnerTexts();
    assert.deepEqual(verbs, ["answer", "play", "pay", "play", "hangup"]);
    const lines = await phone.page.locator("#rows .is-verb .line").allInnerTexts();
    assert.deepEqual(lines, ["line 3", "line 4", "line 6", "line 16", "line 20"]);
    const lasted = await phone.page.locator("#rows .is-verb .lasts").allInnerTexts();
    assert.equal(lasted.length, 3);
    assert.ok(lasted.every((text) => /^\d+\.\d s$/.test(text)), String(lasted));
    assert.match((await phone.rows()).at(-1), /Call ended: hangup, by the script/);
    assert.doesNotMatch(await phone.everything(), HELD);
    await phone.shot("paid");
  }));

test("one click on a test card pays", () =>
  on({ colorScheme: "dark" }, async (phone) => {
    await phone.call();
    await phone.hears("enter your credit card number");
    await phone.shot("dark");
    await phone.page.locator("#cards").getByRole("button", { name: /^Approved/ }).click();
    await phone.hears("Payment processed successfully.");
    await phone.over();
    await phone.shot("dark-paid");
  }));

test("the next call gets the version that was saved, and mistakes are shown with their place", () =>
  on({}, async (phone, program) => {
    await phone.call();
    await phone.hears("We will now collect your payment.");
    program.edit((text) => text.replace("We will now collect your payment.", "Now for the money."));
    await phone.page.locator("#notices", { hasText: "reloaded pay.rhai (version 2)" }).waitFor();
    await phone.page.locator("#stale", { hasText: "This call runs version 1" }).waitFor();
    await phone.page.locator("#code", { hasText: "We will now collect your payment." }).waitFor();
    await phone.page.getByRole("button", { name: "Hang up" }).click();
    await phone.over();
    await phone.page.getByRole("button", { name: "Call again" }).click();
    await phone.hears("Now for the money.");

    program.edit((text) => text.replace("call.hangup();", "call.hangpu();"));
    await phone.page.locator("#notices", { hasText: "version 2 stays in use" }).waitFor();
    const told = await phone.page.locator("#notices .is-error").innerText();
    assert.match(told, /unknown-verb.*\n +--> .*pay\.rhai:20:6\n/);
    assert.match(told, /20 \| call\.hangpu\(\);\n +\| {6}\^+/);
    assert.match(told, /did you mean `hangup`/);
    await phone.shot("mistake");
  }));

test("a call that is over is saved as a test, with a test card in the place of the card", () =>
  on({}, async (phone, program) => {
    const save = phone.page.getByRole("button", { name: "Save as test" });
    await phone.call();
    await phone.hears("enter your credit card number");
    assert.equal(await save.isVisible(), false);
    await phone.type(`${NUMBER}#`);
    await phone.hears("expiration date");
    await phone.type("*");
    await phone.hears("Payment failed. Please try again later.");
    await phone.over();
    await save.click();
    const text = phone.page.locator("#saved-text", { hasText: "fn test_cancels_the_payment()" });
    await text.waitFor();
    assert.equal(await save.isVisible(), false);
    const path = program.script.replace(/\.rhai$/, ".test.rhai");
    assert.match(await phone.page.locator("#saved-title").innerText(), /Saved as test_cancels_the_payment in .*pay\.test\.rhai/);
    assert.equal(await phone.page.locator("#saved-run").innerText(), `relay-script test ${path}`);
    assert.equal(await phone.page.locator("#saved-warning").isVisible(), false);
    const written = readFileSync(path, "utf8");
    assert.equal(written, await text.textContent());
    assert.match(written, /caller\.press\(cards\.visa\.number \+ "#"\);\n +caller\.press\("\*"\);/);
    assert.doesNotMatch(written, HELD);
    assert.match(String(execFileSync(program.binary, ["test", path], { stdio: ["ignore", "pipe", "ignore"] })), /1 passed/);
    await phone.shot("saved");

    await phone.page.getByRole("button", { name: "Call again" }).click();
    await phone.hears("We will now collect your payment.");
    await phone.page.getByRole("button", { name: "Hang up" }).click();
    await phone.over();
    await save.click();
    await phone.page.locator("#saved-text", { hasText: "fn test_hangs_up()" }).waitFor();
    assert.ok(readFileSync(path, "utf8").startsWith(written));
  }));

test("the connector's switch makes payments fail", () =>
  on({}, async (phone) => {
    await phone.page.getByRole("radio", { name: "Decline" }).check({ force: true });
    await phone.call();
    await phone.hears("enter your credit card number");
    await phone.page.locator("#cards").getByRole("button", { name: /^Approved/ }).click();
    await phone.hears("Payment failed. Please try again later.");
    await phone.over();
    await phone.shot("declined");
  }));

test("a call that is hung up in the middle of the card number leaves no digit of it", () =>
  on({}, async (phone) => {
    await phone.call();
    await phone.hears("enter your credit card number");
    for (const key of NUMBER.slice(0, 9)) await phone.page.keyboard.press(key);
    await phone.page.locator("#keys", { hasText: "•".repeat(9) }).waitFor();
    await phone.page.getByRole("button", { name: "Hang up" }).click();
    await phone.over();
    assert.match(await phone.page.locator("#state").innerText(), /by the caller/);
    assert.equal(await phone.page.locator("#rows .is-pressed .body > span:last-child").innerText(), "•".repeat(9));
    assert.equal(await phone.page.locator("#keys").textContent(), "");
    assert.doesNotMatch(await phone.everything(), HELD);
    await phone.shot("hung-up");
  }));

test("calls stand side by side", () =>
  on({}, async (phone) => {
    await phone.call();
    await phone.hears("enter your credit card number");
    await phone.page.getByRole("button", { name: "New call" }).click();
    await phone.page.getByLabel("From").fill("+15557654321");
    await phone.call();
    await phone.hears("We will now collect your payment.");
    const tabs = phone.page.getByRole("navigation", { name: "Calls" });
    assert.equal(await tabs.locator(".is-live").count(), 2);
    await phone.shot("two-calls");
    await tabs.getByRole("button", { name: /#1/ }).click();
    await phone.page.locator("#state", { hasText: "+15551110000" }).waitFor();
    await phone.page.getByRole("button", { name: "Hang up" }).click();
    await phone.over();
    assert.equal(await tabs.locator(".is-live").count(), 1);
  }));

test("what a script recorded can be listened to, and it can be written to", () =>
  on({ script: "voicemail.rhai" }, async (phone) => {
    assert.equal(await phone.page.getByRole("radio").first().isVisible(), false);
    await phone.call();
    await phone.page.locator("#rows .is-verb", { hasText: "record" }).waitFor();
    await phone.type("#");
    const sound = phone.page.locator("#rows audio").first();
    await sound.waitFor();
    const answer = await phone.page.request.get(await sound.getAttribute("src"));
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()["content-type"], "audio/wav");
    assert.equal((await answer.body()).subarray(0, 4).toString(), "RIFF");
    await phone.over();
    await phone.shot("voicemail");

    await phone.page.locator("#messages summary").click();
    await phone.page.getByLabel("Text message to the script").fill("<b>Hello</b>");
    await phone.page.getByRole("button", { name: "Send" }).click();
    await phone.page.locator("#thread .ours", { hasText: "<b>Hello</b>" }).waitFor();
    assert.equal(await phone.page.getByLabel("Text message to the script").inputValue(), "");
  }));

test("everything can be reached by the keyboard", () =>
  on({ reducedMotion: "reduce" }, async (phone) => {
    const { keyboard } = phone.page;
    const focused = () => phone.page.evaluate(() => document.activeElement.textContent.trim());
    for (let steps = 0; (await focused()) !== "Call" && steps < 30; steps += 1) await keyboard.press("Tab");
    const outline = await phone.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none");
    await keyboard.press("Enter");
    await phone.hears("enter your credit card number");
    await keyboard.press("*");
    await phone.hears("Payment failed. Please try again later.");
    await phone.page.getByLabel("Say something").focus();
    await keyboard.type("12");
    assert.equal(await phone.page.getByLabel("Say something").inputValue(), "12");
    await keyboard.press("Enter");
    // Digits that are said after a payment stay hidden.
    await phone.page.locator("#rows .is-spoke").waitFor();
    assert.doesNotMatch(await phone.page.locator("#rows .is-spoke").innerText(), /12/);
  }));

test("a telephone's narrow screen shows all of it", () =>
  on({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (phone) => {
    assert.equal(await phone.overhang(), 0);
    await phone.call();
    await phone.hears("enter your credit card number");
    assert.equal(await phone.overhang(), 0);
    await phone.shot("phone", { fullPage: true });
    await phone.page.locator("#numbers summary").click();
    assert.equal(await phone.overhang(), 0);
    await phone.page.getByRole("button", { name: "Hang up" }).click();
    await phone.over();
    assert.equal(await phone.overhang(), 0);
  }));

test("the page finds a program that was started again", () =>
  on({ expected: ["WebSocket connection to"] }, async (phone, program) => {
    await phone.call();
    await phone.hears("We will now collect your payment.");
    await program.stop();
    await phone.page.locator("#link:not(.up)").waitFor();
    await program.start(program.port);
    await phone.page.locator("#link.up").waitFor();
    await phone.page.getByRole("navigation", { name: "Calls" }).getByRole("button", { name: /#1/ }).waitFor({ state: "detached" });
    await phone.call();
    await phone.hears("We will now collect your payment.");
  }));
