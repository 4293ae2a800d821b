// The built program with a script of its own, and a browser. Both end with the test.

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shots = join(root, "target/browser");

/// `relay-script run` on a copy of one of scripts/, twice as fast as real time.
export class Program {
  constructor(name = "pay.rhai") {
    this.folder = mkdtempSync(join(tmpdir(), "relay-script-browser-"));
    this.binary = join(root, "target/debug/relay-script");
    this.script = join(this.folder, name);
    cpSync(join(root, "scripts", name), this.script);
  }

  /// Starts it, and waits until the page is served; gives its address.
  async start(port = 0) {
    const words = ["run", this.script, "--port", String(port), "--speed", "2"];
    this.child = spawn(this.binary, words, {
      cwd: this.folder,
      env: { PATH: process.env.PATH },
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.ended = new Promise((done) => this.child.once("exit", done));
    for await (const line of createInterface(this.child.stderr)) {
      const found = line.match(/http:\/\/127\.0\.0\.1:(\d+)/);
      if (found) {
        // What comes later is read and dropped, so that the program can go on writing.
        this.child.stderr.resume();
        this.port = Number(found[1]);
        return found[0];
      }
    }
    throw new Error("the program serves no page");
  }

  async stop() {
    this.child.stdin.end();
    this.child.kill("SIGINT");
    await this.ended;
  }

  edit(change) {
    writeFileSync(this.script, change(readFileSync(this.script, "utf8")));
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}

export function launch() {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-component-update", "--disable-sync", ...quiet],
  });
}

/// The page, and what is done on it.
export class Softphone {
  /// Opens it; `expected` are parts of console messages that are no failure.
  static async open(browser, url, options = {}) {
    const { expected = [], ...rest } = options;
    const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, ...rest });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints = [];
    page.on("console", (message) => {
      const known = expected.some((part) => message.text().includes(part));
      if (["error", "warning"].includes(message.type()) && !known) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    await page.locator("#link.up").waitFor();
    return Object.assign(new Softphone(), { page, context, complaints });
  }

  call() {
    return this.page.getByRole("button", { name: "Call", exact: true }).click();
  }

  async type(keys) {
    const pad = this.page.getByRole("group", { name: "Keypad" });
    const names = { "*": "star", "#": "pound" };
    for (const key of keys) await pad.getByRole("button", { name: names[key] ?? key, exact: true }).click();
  }

  /// Waits until this is what the call hears.
  hears(text) {
    return this.page.locator("#caption", { hasText: text }).waitFor();
  }

  over() {
    return this.page.locator("#state", { hasText: "Ended" }).waitFor();
  }

  rows(selector = "") {
    return this.page.locator(`#rows .row${selector}`).allInnerTexts();
  }

  /// Everything that the page holds: its elements, what is written in fields, what the browser remembers.
  everything() {
    return this.page.evaluate(() => {
      const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
      const kept = [location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
      return [document.documentElement.outerHTML, ...fields, ...kept].join("\n");
    });
  }

  /// How far the page can be scrolled to the side, in pixels.
  overhang() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  shot(name, options) {
    return this.page.screenshot({ path: join(shots, `${name}.png`), ...options });
  }
}
