// What was spoken as files. All have one clock, which starts with the first sample.

import { GAP, RATE } from "./api.js";
import { shaped } from "./book.js";

const LINE = 84; // characters of a subtitle
const LONG = 7; // seconds of a subtitle

// Sentences one after another: those of `whole`, an iterator of pieces, each with its start in seconds.
export async function timed(whole) {
  const found = [];
  let samples = 0;
  for await (const piece of whole) {
    for (const sentence of piece.sentences) {
      if (found.length) samples += Math.round(GAP * RATE);
      found.push({ ...sentence, pcm: null, start: samples / RATE }); // without its sound, which may be long
      samples += sentence.pcm.length;
    }
  }
  return found;
}

export async function wav(whole) {
  const parts = [];
  let size = 0;
  const put = (samples) => {
    parts.push(new Blob([samples])); // the browser may keep it on disk
    size += samples.byteLength;
  };
  for await (const piece of whole) {
    for (const { pcm } of piece.sentences) {
      if (parts.length) put(new Int16Array(Math.round(GAP * RATE)));
      put(pcm);
    }
  }
  const head = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + size, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, RATE, true);
  head.setUint32(28, 2 * RATE, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, size, true);
  return new Blob([head, ...parts], { type: "audio/wav" });
}

// The server encodes; texts that are too long for one request are several files, which is one file of MP3.
export async function mp3(book) {
  const requests = [];
  const add = (text, given) => {
    const last = requests.at(-1);
    const joined = last && !last.given && !given ? `${last.text}\n\n${text}` : null;
    if (joined && joined.length <= book.characters) last.text = joined;
    else requests.push({ text, given });
  };
  for (const piece of book.pieces) {
    if (!piece.sentences.some(({ given }) => given)) add(piece.text);
    else for (const { text, given } of piece.sentences) add(text, given);
  }
  const parts = [];
  for (const { text, given } of requests) {
    parts.push(await book.api.sound({ ...shaped(book.manner, text, given), response_format: "mp3" }));
  }
  return new Blob(parts, { type: "audio/mpeg" });
}

export function textGrid(sentences) {
  const end = sentences.reduce((_, { start, seconds }) => start + seconds, 0);
  const tier = (name) => sentences.flatMap((one) => one[name].map(({ label, start, end: stop }) => ({ label, start: one.start + start, end: one.start + stop })));
  const tiers = {
    sentences: sentences.map(({ text, start, seconds }) => ({ label: text, start, end: start + seconds })),
    words: tier("words"), phones: tier("phones"),
  };
  const lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", `xmax = ${number(end)}`, "tiers? <exists>", "size = 3", "item []:"];
  Object.entries(tiers).forEach(([name, entries], i) => {
    const intervals = filled(entries, end);
    lines.push(`    item [${i + 1}]:`, '        class = "IntervalTier"', `        name = "${name}"`, "        xmin = 0", `        xmax = ${number(end)}`, `        intervals: size = ${intervals.length}`);
    intervals.forEach(({ label, start, end: stop }, j) => {
      lines.push(`        intervals [${j + 1}]:`, `            xmin = ${number(start)}`, `            xmax = ${number(stop)}`, `            text = "${label.replaceAll('"', '""')}"`);
    });
  });
  return new Blob([`${lines.join("\n")}\n`], { type: "text/plain;charset=utf-8" });
}

// Praat wants no gaps.
function filled(entries, end) {
  const found = [];
  let passed = 0;
  for (const entry of [...entries, { label: null, start: end, end }]) {
    const start = Math.max(passed, Math.min(entry.start, end));
    if (number(start) !== number(passed)) found.push({ label: "", start: passed, end: start });
    const stop = Math.min(entry.end, end);
    if (entry.label !== null && number(stop) !== number(start)) found.push({ label: entry.label, start, end: stop });
    passed = Math.max(start, stop);
  }
  return found;
}

function number(seconds) {
  return String(Number(seconds.toFixed(5)));
}

// A subtitle for each sentence, and several where one would be long to read.
export function srt(sentences) {
  const cues = [];
  for (const { parts, start } of sentences) {
    let cue = null;
    for (const part of parts) {
      const longer = cue && ((cue.text + part.text).trim().length > LINE || part.end - cue.from > LONG);
      if (!cue || longer) cues.push((cue = { text: "", from: part.start, start: start + part.start }));
      cue.text += part.text;
      cue.end = start + part.end;
    }
  }
  const shown = cues.map(({ text, start, end }, i) => `${i + 1}\n${clock(start)} --> ${clock(end)}\n${text.trim()}\n`);
  return new Blob([shown.join("\n")], { type: "application/x-subrip;charset=utf-8" });
}

function clock(seconds) {
  const thousandths = Math.round(seconds * 1000);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const rest = String(thousandths % 1000).padStart(3, "0");
  return `${two(thousandths / 3600000)}:${two((thousandths / 60000) % 60)}:${two((thousandths / 1000) % 60)},${rest}`;
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
