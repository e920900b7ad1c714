// A text in pieces that are asked for one after another, a little ahead of what is heard, so that a chapter of any length
// takes no more memory than minutes of it do.

import { GAP } from "./api.js";

const LONGEST = 600; // characters of a piece
const AHEAD = 30; // seconds that are made before they are heard
const KEPT = 900; // seconds of sound that are kept

export class Book {
  trouble = null;
  #ahead = null; // the piece that is made to be heard next
  #collected = null; // the piece that is made for a file
  #closed = false;

  // `changed(piece)` is called when it has more sentences, or none any more.
  constructor(api, text, manner, characters, changed) {
    this.api = api;
    this.manner = manner;
    this.characters = characters;
    this.changed = changed;
    this.pieces = cut(text, manner.language, Math.min(LONGEST, characters));
  }

  // What is spoken at a place or next after it: with `sentence: null` where it is not made yet; null at the end.
  find({ piece, index }) {
    for (let i = index; piece < this.pieces.length; piece++, i = 0) {
      const one = this.pieces[piece];
      if (one.sentences[i]?.pcm) return { piece, index: i, sentence: one.sentences[i] };
      if (one.state === "failed") return null;
      if (one.state !== "done") return { piece, index: i, sentence: null };
    }
    return null;
  }

  // Have made what comes next after a place, and forget what is far from it.
  fill(place) {
    let ready = 0;
    for (let found = this.find(place); found && ready < AHEAD; found = this.find({ piece: found.piece, index: found.index + 1 })) {
      if (found.sentence) ready += found.sentence.seconds + GAP;
      else {
        const piece = this.pieces[found.piece];
        if (this.#ahead !== piece && this.#ahead !== this.#collected) this.#ahead?.order?.abort();
        this.#ahead = piece;
        this.#load(piece).catch(() => {}); // its state says what became of it
        break;
      }
    }
    this.#forget(place.piece);
  }

  // Make no more to be heard.
  stop() {
    if (this.#ahead !== this.#collected) this.#ahead?.order?.abort();
    this.#ahead = null;
  }

  // Make no more at all.
  close() {
    this.#closed = true;
    for (const piece of this.pieces) piece.order?.abort();
  }

  // Seconds from the first sample to a place.
  before({ piece, index }) {
    const whole = this.pieces.slice(0, piece).reduce((sum, { seconds }) => sum + seconds, 0);
    return whole + length(this.pieces[piece].sentences.slice(0, index));
  }

  // Each piece with its sound, made anew where it was forgotten.
  async *whole() {
    this.trouble = null;
    try {
      for (const [number, piece] of this.pieces.entries()) {
        this.#collected = piece;
        while (piece.state !== "done") {
          await this.#load(piece).catch((error) => {
            if (piece.state === "failed" || this.#closed) throw error; // else it was given up to hear another
          });
        }
        yield piece;
        this.#forget(number);
      }
    } finally {
      this.#collected = null;
    }
  }

  // Speak the sentence at a place again with what its phones are given, `durations` in seconds, `pitches` in semitones
  // up; returns it.
  async reshape({ piece: number, index }, given, signal) {
    const piece = this.pieces[number];
    while (piece.state !== "done") { // it was given up, by a stop or to hear another
      await this.#load(piece).catch((error) => {
        if (piece.state === "failed" || this.#closed) throw error;
      });
    }
    const sentence = piece.sentences[index];
    for await (const made of this.api.sentences(shaped(this.manner, sentence.text, given), signal)) {
      signal.throwIfAborted();
      sentence.first ??= { ...sentence };
      Object.assign(sentence, made, { given });
    }
    return sentence;
  }

  async #load(piece) {
    if (!piece.order) {
      piece.order = new AbortController();
      piece.made = this.#make(piece, piece.order.signal);
    }
    return piece.made;
  }

  async #make(piece, signal) {
    piece.sentences = [];
    piece.state = "loading";
    this.changed(piece);
    try {
      if (/[\p{L}\p{N}]/u.test(piece.text)) {
        for await (const sentence of this.api.sentences({ ...this.manner, input: piece.text }, signal)) {
          signal.throwIfAborted();
          piece.sentences.push(sentence);
          this.changed(piece);
        }
      }
      piece.state = "done";
      piece.seconds = length(piece.sentences);
    } catch (error) {
      piece.state = signal.aborted ? "new" : "failed";
      if (signal.aborted) piece.sentences = [];
      else this.trouble = error;
      throw error;
    } finally {
      piece.order = null;
      this.changed(piece);
    }
  }

  #forget(current) {
    const held = this.pieces.map((piece, number) => ({ piece, number })).filter(({ piece }) => piece.state === "done" && piece.sentences.length);
    let seconds = held.reduce((sum, { piece }) => sum + length(piece.sentences), 0);
    // What was heard goes first, the longest ago foremost; then what is farthest ahead.
    held.sort((a, b) => (a.number < current) === (b.number < current) ? (a.number < current ? a.number - b.number : b.number - a.number) : a.number < current ? -1 : 1);
    for (const { piece, number } of held) {
      if (seconds <= KEPT || Math.abs(number - current) < 2) continue;
      if (piece.sentences.some((sentence) => sentence.given)) continue; // changed by hand
      seconds -= length(piece.sentences);
      piece.sentences = [];
      piece.state = "new";
      this.changed(piece);
    }
  }
}

// What is asked of the server for a sentence whose phones are given something.
export function shaped(manner, input, given) {
  const own = given?.durations ? { speed: undefined, pauses: undefined } : {}; // which the lengths have in them
  return { ...manner, input, ...given, ...own };
}

function length(sentences) {
  return sentences.reduce((sum, sentence) => sum + sentence.seconds + GAP, 0);
}

// Paragraphs, and parts of those that are longer, cut between sentences.
function cut(text, language, longest) {
  // Markup is read whole.
  if (/^\s*<speak[\s>]/.test(text)) return [{ text: text.trim(), paragraph: 0, state: "new", sentences: [], seconds: 0 }];
  const pieces = [];
  text.split(/\n\s*\n/).forEach((paragraph, number) => {
    for (const part of parts(paragraph.trim(), language, longest)) {
      pieces.push({ text: part, paragraph: number, state: "new", sentences: [], seconds: 0 });
    }
  });
  return pieces;
}

function parts(paragraph, language, longest) {
  if (!paragraph) return [];
  const found = [""];
  for (const sentence of sentences(paragraph, language)) {
    for (let rest = sentence; rest; ) {
      const taken = rest.length <= longest ? rest : rest.slice(0, rest.lastIndexOf(" ", longest - 1) + 1 || longest);
      rest = rest.slice(taken.length);
      if (found.at(-1) && found.at(-1).length + taken.length > longest) found.push("");
      found[found.length - 1] += taken;
    }
  }
  return found.map((part) => part.trim()).filter(Boolean);
}

function sentences(paragraph, language) {
  if (!Intl.Segmenter) return [paragraph];
  let segmenter;
  try {
    segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  } catch {
    segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  }
  return [...segmenter.segment(paragraph)].map(({ segment }) => segment);
}
