// What is heard: key tones, spoken text, sound files of this machine.
// It reaches for nothing that is not on this machine, and remembers no key.

import { remember, remembered } from "./dom.js";

const ROWS = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "#": 941 };
const COLUMNS = { 1: 1209, 4: 1209, 7: 1209, "*": 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, "#": 1477 };
const TONE_SECONDS = 0.16;
/// Speech that lags behind the call by more than this many texts is dropped.
const MOST_WAITING = 3;

const NEAR = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/i;

export class Sound {
  constructor() {
    this.voice = remembered("voice", true);
    this.tones = remembered("tones", true);
    this.waiting = 0;
  }

  setVoice(on) {
    this.voice = on;
    remember("voice", on);
    if (!on) this.hush();
  }

  setTones(on) {
    this.tones = on;
    remember("tones", on);
  }

  /// The two sines of a key, as a telephone makes them.
  tone(key) {
    if (!this.tones || !ROWS[key] || !globalThis.AudioContext) return;
    this.audio ??= new AudioContext();
    this.audio.resume();
    const now = this.audio.currentTime;
    const gain = this.audio.createGain();
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(0.08, now + 0.01);
    gain.gain.setValueAtTime(0.08, now + TONE_SECONDS - 0.02);
    gain.gain.linearRampToValueAtTime(0, now + TONE_SECONDS);
    gain.connect(this.audio.destination);
    for (const hertz of [ROWS[key], COLUMNS[key]]) {
      const sine = this.audio.createOscillator();
      sine.frequency.value = hertz;
      sine.connect(gain);
      sine.start(now);
      sine.stop(now + TONE_SECONDS);
    }
  }

  /// What the call hears; `pace` is how fast the call's time runs.
  hear({ how, text }, pace) {
    if (!this.voice) return;
    if (how === "tts") this.speak(text, pace);
    else if (how === "audio" && NEAR.test(text)) this.play(text);
  }

  speak(text, pace) {
    const speech = globalThis.speechSynthesis;
    if (!speech) return;
    if (this.waiting >= MOST_WAITING) this.hush();
    const words = new SpeechSynthesisUtterance(text);
    words.rate = Math.min(Math.max(pace, 0.5), 2);
    this.waiting += 1;
    words.onend = words.onerror = () => (this.waiting = Math.max(0, this.waiting - 1));
    speech.speak(words);
  }

  play(url) {
    this.file?.pause();
    this.file = new Audio(url);
    this.file.play().catch(() => {});
  }

  /// Silence, at once.
  hush() {
    this.waiting = 0;
    globalThis.speechSynthesis?.cancel();
    this.file?.pause();
    this.file = null;
  }
}
