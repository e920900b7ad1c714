// Sentences sounded one after another on the clock of Web Audio, each scheduled before the one before it ends.

import { GAP, RATE } from "./api.js";

const SCHEDULED = 3; // sentences
const LEAD = 0.05; // seconds until the first one starts
const FADE = 120; // samples, where it starts within a sentence

export class Player {
  state = "stopped"; // waiting, playing, paused
  #context = null;
  #queue = []; // what is scheduled: source, place, sentence, start, end, offset
  #cursor = null; // where what is scheduled next is looked for
  #end = 0; // when what is scheduled is over

  // `changed()` is called when the state is another.
  constructor(changed) {
    this.changed = changed;
  }

  // `offset` in seconds; `alone`: that sentence and no other.
  async play(book, place, offset = 0, alone = false) {
    this.stop();
    this.#context ??= new AudioContext({ sampleRate: RATE });
    this.book = book;
    this.#cursor = { ...place, offset, alone };
    this.#end = 0;
    this.#put("waiting");
    await this.#context.resume();
    this.pump();
  }

  async pause() {
    if (this.state === "paused") {
      await this.#context.resume();
      this.#put(this.#queue.length ? "playing" : "waiting");
      this.pump();
    } else if (this.state !== "stopped") {
      await this.#context.suspend();
      this.#put("paused");
    }
  }

  stop() {
    for (const { source } of this.#queue) {
      source.onended = null;
      source.stop();
    }
    this.#queue = [];
    this.#cursor = null;
    this.#put("stopped");
  }

  // Schedule what is there; to be called when more is.
  pump() {
    while (this.#cursor && this.state !== "paused" && this.#queue.filter((one) => !one.over).length < SCHEDULED) {
      const found = this.#cursor.alone === "over" ? null : this.book.find(this.#cursor);
      if (found?.sentence) this.#schedule(found);
      else {
        if (!this.#queue.some((one) => !one.over)) found ? this.#put("waiting") : this.stop();
        return;
      }
    }
  }

  // What is heard now: place, sentence, and seconds from its start; null where nothing is.
  heard() {
    if (!this.#context || this.state === "stopped") return null;
    const now = this.#context.currentTime - (this.#context.outputLatency || 0);
    this.#queue = this.#queue.filter((one) => !one.over || one.end > now);
    const one = this.#queue.find(({ start, end }) => start <= now && now < end);
    return one ? { place: one.place, sentence: one.sentence, time: now - one.start + one.offset } : null;
  }

  // From where on more is needed.
  get place() {
    return (this.#queue.find((one) => !one.over) ?? { place: this.#cursor }).place;
  }

  #schedule({ piece, index, sentence }) {
    const { offset, alone } = this.#cursor;
    const context = this.#context;
    const from = Math.min(Math.round(offset * RATE), sentence.pcm.length - 1);
    const buffer = context.createBuffer(1, sentence.pcm.length - from, RATE);
    const samples = Float32Array.from(sentence.pcm.subarray(from), (sample) => sample / 32768);
    if (from) for (let i = 0; i < Math.min(FADE, samples.length); i++) samples[i] *= i / FADE;
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    const start = Math.max(this.#end + GAP, context.currentTime + LEAD);
    source.start(start);
    this.#end = start + buffer.duration;
    const entry = { source, sentence, place: { piece, index }, start, end: this.#end, offset: from / RATE, over: false };
    source.onended = () => {
      entry.over = true;
      this.pump();
    };
    this.#queue.push(entry);
    this.#cursor = { piece, index: index + 1, offset: 0, alone: alone && "over" };
    this.#put("playing");
  }

  #put(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed();
  }
}
