// A sentence as a picture: its phones over time on its spectrogram, whose lengths and pitches can be changed.

import { RATE } from "./api.js";
import { Row } from "./row.js";

const WIDE = 210; // pixels of a second, at least
const LONGEST = 2; // seconds of a phone
const HIGHEST = 12; // semitones, up and down

export class Picture {
  sentence = null;
  #lengths;
  #pitches;
  #worker = null;
  #number = 0; // of what was asked of it last

  // `reshaped(sentence, {durations, pitches})` is called with seconds and semitones for each phone where the user changed
  // them.
  constructor(root, canvas, labels, melody, line, reshaped) {
    Object.assign(this, { root, canvas, line, reshaped });
    const place = () => this.#place();
    const lengths = {
      least: 0, most: LONGEST, step: 0.01, large: 0.05, handle: ".edge",
      pulled: () => {
        const perPixel = Math.max(this.sentence.seconds, this.#sum()) / labels.clientWidth;
        return (x) => x * perPixel;
      },
      cell: (i) => this.#phone(i),
      say: (seconds) => ({ value: Math.round(seconds * 1000), text: `${Math.round(seconds * 1000)} milliseconds` }),
    };
    const pitches = {
      least: -HIGHEST, most: HIGHEST, step: 0.5, large: 2, handle: ".tone",
      pulled: () => {
        const perPixel = (2 * HIGHEST) / melody.clientHeight;
        return (_, y) => Math.round(-2 * y * perPixel) / 2;
      },
      cell: (i) => this.#tone(i),
      say: (semitones) => ({ value: semitones, text: semitones ? `${Math.abs(semitones)} semitones ${semitones > 0 ? "up" : "down"}` : "as predicted" }),
    };
    this.#lengths = new Row(labels, lengths, place, () => this.#apply(true));
    this.#pitches = new Row(melody, pitches, place, () => this.#apply(false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.sentence && this.#draw());
  }

  // What the voice lets its phones be given.
  takes({ durations, pitches }) {
    this.#lengths.changeable = Boolean(durations);
    this.#pitches.changeable = Boolean(pitches);
  }

  // Whether the user is at it.
  get busy() {
    return this.root.contains(document.activeElement) || this.pending;
  }

  // Whether the user has begun a change that was not asked for yet.
  get pending() {
    return this.#lengths.pending || this.#pitches.pending;
  }

  // Ask for no change that was begun.
  forget() {
    this.#lengths.forget();
    this.#pitches.forget();
  }

  show(sentence) {
    const same = this.sentence === sentence;
    const chosen = [this.#lengths, this.#pitches].map((row) => (same ? row.chosen : -1));
    this.sentence = sentence;
    this.canvas.setAttribute("aria-label", `Spectrogram of “${sentence.text}”, ${sentence.seconds.toFixed(1)} seconds`);
    this.root.style.width = `max(100%, ${Math.ceil(sentence.seconds * WIDE)}px)`;
    this.#lengths.show(sentence.phones.map(({ start, end }) => end - start), chosen[0]);
    this.#pitches.show(sentence.given?.pitches ?? sentence.phones.map(() => 0), chosen[1]);
    this.#place();
    this.#draw();
  }

  // Where it is heard, in seconds; null where it is not.
  light(time) {
    this.line.hidden = time === null;
    if (time !== null) {
      this.line.style.left = `${(100 * time) / this.sentence.seconds}%`;
      const scroll = this.root.parentElement;
      const { offsetLeft } = this.line;
      const seen = scroll.scrollLeft < offsetLeft && offsetLeft < scroll.scrollLeft + 0.9 * scroll.clientWidth;
      if (!seen && !this.busy) scroll.scrollLeft = offsetLeft - 0.1 * scroll.clientWidth;
    }
    const now = time === null ? -1 : this.sentence.phones.findIndex(({ start, end }) => start <= time && time < end);
    [...this.#lengths.root.children].forEach((element, i) => element.classList.toggle("now", i === now));
  }

  #phone(i) {
    const { label } = this.sentence.phones[i];
    const element = Object.assign(document.createElement("div"), { className: "phone", textContent: label === "sil" ? "" : label });
    element.title = label;
    element.setAttribute("aria-label", this.#name(i));
    if (this.#lengths.changeable) element.append(Object.assign(document.createElement("span"), { className: "edge" }));
    return element;
  }

  #tone(i) {
    const element = Object.assign(document.createElement("div"), { className: "tone" });
    element.setAttribute("aria-label", `pitch of ${this.#name(i)}`);
    element.append(document.createElement("span"));
    return element;
  }

  #name(i) {
    const { label, start } = this.sentence.phones[i];
    const word = this.sentence.words.find((one) => one.start <= start && start < one.end)?.label;
    return label === "sil" ? "silence" : word ? `${label} in ${word}` : label;
  }

  #sum() {
    return this.#lengths.values.reduce((sum, one) => sum + one, 0);
  }

  #place() {
    const scale = 100 / Math.max(this.#sum(), this.sentence.seconds);
    let passed = 0;
    this.#lengths.values.forEach((seconds, i) => {
      for (const row of [this.#lengths, this.#pitches]) {
        const { style } = row.root.children[i];
        style.left = `${passed * scale}%`;
        style.width = `${seconds * scale}%`;
        row.say(i);
      }
      passed += seconds;
      const tone = this.#pitches.root.children[i];
      const semitones = this.#pitches.values[i];
      tone.classList.toggle("changed", semitones !== 0);
      tone.title = this.#pitches.changeable ? `${semitones > 0 ? "+" : ""}${semitones}` : "";
      tone.firstChild.style.top = `${50 - (50 * semitones) / HIGHEST}%`;
    });
    this.canvas.style.width = `${this.sentence.seconds * scale}%`;
  }

  // Lengths are given where they were ever changed; else they are as predicted, at the speed that is asked for.
  #apply(lengths) {
    const before = this.sentence.given ?? {};
    const given = { ...before };
    if (lengths || before.durations) given.durations = [...this.#lengths.values];
    if (!lengths || before.pitches) given.pitches = [...this.#pitches.values];
    this.forget();
    this.reshaped(this.sentence, given);
  }

  // By a worker, since words must be lit meanwhile.
  #draw() {
    const { pcm, seconds } = this.sentence;
    const columns = Math.max(1, Math.min(2000, Math.ceil(seconds * 250)));
    const colour = getComputedStyle(this.root).color.match(/\d+/g).slice(0, 3).map(Number);
    this.#number++;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ number: this.#number, pcm, rate: RATE, columns, colour });
  }

  #start() {
    const worker = new Worker("page/spectrogram.js");
    worker.onmessage = ({ data: { number, image } }) => {
      if (number !== this.#number) return;
      this.canvas.width = image.width;
      this.canvas.height = image.height;
      this.canvas.getContext("2d").putImageData(image, 0, 0);
    };
    return worker;
  }
}
