// A text in pieces that are asked for one after another, a little ahead of what is heard, so that a chapter of any length
// takes no more memory than minutes of it do.

import { GAP } from "./api.js";

const LONGEST = 600; // characters of a piece
const AHEAD = 30; // seconds that are made before they are heard
const KEPT = 900; // seconds of sound that are kept

export class Book {
  loading = null; // the piece that is being made, and what ends that
  trouble = null;

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
        this.#load(this.pieces[found.piece]).catch(() => {}); // its state says what became of it
        break;
      }
    }
    this.#forget(place.piece);
  }

  stop() {
    this.loading?.order.abort();
    this.loading = null;
  }

  // Each piece with its sound, made anew where it was forgotten.
  async *whole() {
    this.trouble = null;
    for (const piece of this.pieces) {
      if (piece.state !== "done") await this.#load(piece);
      yield piece;
    }
  }

  // Speak a sentence again with other lengths of its phones, in seconds.
  async reshape(sentence, durations, signal) {
    const request = { ...this.manner, input: sentence.text, durations };
    delete request.speed; // the lengths say it
    for await (const made of this.api.sentences(request, signal)) {
      signal.throwIfAborted();
      sentence.first ??= { ...sentence };
      Object.assign(sentence, made, { durations });
    }
  }

  async #load(piece) {
    if (this.loading?.piece === piece) return this.loading.made;
    this.stop();
    const order = new AbortController();
    this.loading = { piece, order, made: this.#make(piece, order.signal) };
    return this.loading.made;
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
    } catch (error) {
      piece.state = signal.aborted ? "new" : "failed";
      if (signal.aborted) piece.sentences = [];
      else this.trouble = error;
      throw error;
    } finally {
      if (this.loading?.piece === piece && !signal.aborted) this.loading = null;
      this.changed(piece);
    }
  }

  #forget(current) {
    const held = this.pieces.map((piece, number) => ({ piece, number })).filter(({ piece }) => piece.state === "done" && piece.sentences.length);
    let seconds = held.reduce((sum, { piece }) => sum + length(piece), 0);
    // What was heard goes first, the longest ago foremost; then what is farthest ahead.
    held.sort((a, b) => (a.number < current) === (b.number < current) ? (a.number < current ? a.number - b.number : b.number - a.number) : a.number < current ? -1 : 1);
    for (const { piece, number } of held) {
      if (seconds <= KEPT || Math.abs(number - current) < 2) continue;
      if (piece.sentences.some((sentence) => sentence.durations)) continue; // changed by hand
      seconds -= length(piece);
      piece.sentences = [];
      piece.state = "new";
      this.changed(piece);
    }
  }
}

function length(piece) {
  return piece.sentences.reduce((sum, sentence) => sum + sentence.seconds + GAP, 0);
}

// Paragraphs, and parts of those that are longer, cut between sentences.
function cut(text, language, longest) {
  const pieces = [];
  text.split(/\n\s*\n/).forEach((paragraph, number) => {
    for (const part of parts(paragraph.trim(), language, longest)) {
      pieces.push({ text: part, paragraph: number, state: "new", sentences: [] });
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
