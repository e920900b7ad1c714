// A sentence as a picture: its phones over time on its spectrogram, whose lengths can be changed.

import { RATE } from "./api.js";

const WIDE = 210; // pixels of a second, at least
const STEP = 0.01; // seconds for an arrow key
const LARGE = 0.05;
const LONGEST = 2; // seconds of a phone
const PATIENCE = 500; // milliseconds after the last arrow key

export class Picture {
  sentence = null;
  #durations = [];
  #timer = 0;
  #worker = null;
  #number = 0; // of what was asked of it last

  // `reshaped(sentence, durations)` is called with seconds for each phone where the user changed them; without it none
  // can be changed.
  constructor(root, canvas, labels, line, reshaped) {
    Object.assign(this, { root, canvas, labels, line, reshaped, changeable: false });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.sentence && this.#draw());
    labels.addEventListener("keydown", (event) => this.#key(event));
    labels.addEventListener("pointerdown", (event) => this.#drag(event));
    labels.addEventListener("focusin", ({ target }) => this.#reach(target));
  }

  // Whether the user is at it.
  get busy() {
    return this.root.contains(document.activeElement) || this.#timer !== 0;
  }

  show(sentence) {
    const chosen = this.sentence === sentence ? [...this.labels.children].indexOf(document.activeElement) : -1;
    this.sentence = sentence;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#durations = sentence.phones.map(({ start, end }) => end - start);
    this.canvas.setAttribute("aria-label", `Spectrogram of “${sentence.text}”, ${sentence.seconds.toFixed(1)} seconds`);
    this.root.style.width = `max(100%, ${Math.ceil(sentence.seconds * WIDE)}px)`;
    this.labels.replaceChildren(...sentence.phones.map((phone) => this.#phone(phone)));
    this.#place();
    this.#draw();
    this.labels.children[Math.max(chosen, 0)].tabIndex = 0;
    if (chosen >= 0) this.labels.children[chosen].focus();
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
    [...this.labels.children].forEach((element, i) => element.classList.toggle("now", i === now));
  }

  #phone({ label, start }) {
    const element = Object.assign(document.createElement("div"), { className: "phone", textContent: label === "sil" ? "" : label });
    const word = this.sentence.words.find((one) => one.start <= start && start < one.end)?.label;
    element.title = label;
    element.tabIndex = -1;
    element.setAttribute("role", this.changeable ? "slider" : "note");
    element.setAttribute("aria-label", label === "sil" ? "silence" : word ? `${label} in ${word}` : label);
    if (this.changeable) {
      element.setAttribute("aria-orientation", "vertical");
      element.setAttribute("aria-valuemin", "0");
      element.setAttribute("aria-valuemax", String(LONGEST * 1000));
      element.append(Object.assign(document.createElement("span"), { className: "edge" }));
    }
    return element;
  }

  #place() {
    const whole = this.#durations.reduce((sum, one) => sum + one, 0);
    const scale = 100 / Math.max(whole, this.sentence.seconds);
    let passed = 0;
    this.#durations.forEach((seconds, i) => {
      const { style } = this.labels.children[i];
      style.left = `${passed * scale}%`;
      style.width = `${seconds * scale}%`;
      passed += seconds;
      this.#say(i);
    });
    this.canvas.style.width = `${this.sentence.seconds * scale}%`;
  }

  #say(i) {
    const milliseconds = Math.round(this.#durations[i] * 1000);
    const element = this.labels.children[i];
    if (!this.changeable) return;
    element.setAttribute("aria-valuenow", String(milliseconds));
    element.setAttribute("aria-valuetext", `${milliseconds} milliseconds`);
  }

  #reach(element) {
    for (const one of this.labels.children) one.tabIndex = one === element ? 0 : -1;
  }

  #key(event) {
    const all = [...this.labels.children];
    const i = all.indexOf(event.target);
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "ArrowLeft") all[i - 1]?.focus();
    else if (event.key === "ArrowRight") all[i + 1]?.focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else if (sign && this.changeable) {
      this.#set(i, this.#durations[i] + sign * (event.shiftKey ? LARGE : STEP));
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), PATIENCE);
    } else return;
    event.preventDefault();
  }

  #drag(event) {
    const edge = event.target.closest(".edge");
    if (!edge || !this.changeable) return;
    event.preventDefault();
    const phone = edge.parentElement;
    const i = [...this.labels.children].indexOf(phone);
    const from = this.#durations[i];
    const perPixel = Math.max(this.sentence.seconds, this.#durations.reduce((sum, one) => sum + one, 0)) / this.labels.clientWidth;
    phone.focus();
    edge.setPointerCapture(event.pointerId);
    const move = (moved) => this.#set(i, from + (moved.clientX - event.clientX) * perPixel);
    const end = (ended) => {
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("pointerup", end);
      edge.removeEventListener("pointercancel", end);
      if (ended.type === "pointercancel") this.#set(i, from);
      else if (this.#durations[i] !== from) this.#apply();
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", end);
    edge.addEventListener("pointercancel", end);
  }

  #set(i, seconds) {
    this.#durations[i] = Math.min(Math.max(seconds, 0), LONGEST);
    this.#place();
  }

  #apply() {
    this.#timer = 0;
    this.reshaped(this.sentence, [...this.#durations]);
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
