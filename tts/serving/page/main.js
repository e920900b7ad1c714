// The page: what the user chooses, and what happens then.

import { Api, Trouble } from "./api.js";
import { Book } from "./book.js";
import { mp3, save, srt, textGrid, timed, wav } from "./files.js";
import { add, chosen, offer } from "./manner.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { Reader } from "./reader.js";
import { Recorder } from "./recorder.js";
import { Run } from "./run.js";

const at = (id) => document.getElementById(id);
const STATES = { stopped: "", waiting: "Being made …", playing: "Speaking", paused: "Paused" };

const api = new Api();
let voices = [];
let characters = 0;
let book = null;
let shown = null; // place of the sentence in the picture

function say(message, wrong = false) {
  at("said").textContent = message;
  at("said").classList.toggle("wrong", wrong);
}

function trouble(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Trouble)) console.error(error);
  say(error instanceof Trouble || !(error instanceof TypeError) ? error.message : "The server does not answer.", true);
  if (error.status === 401) ask();
}

function ask() {
  at("entry").hidden = false;
  at("token").focus();
}

// ---- voices ----

async function begin() {
  try {
    const answer = await api.voices();
    voices = answer.data;
    run.watched = answer.validation;
    characters = answer.characters;
  } catch (error) {
    at("about").textContent = error.status === 401 ? "This server wants a token." : "No voices could be had.";
    trouble(error);
    return;
  }
  at("entry").hidden = true;
  at("about").textContent = "Every word is lit as it is spoken. Nothing leaves the server that this page came from.";
  say("");
  at("voice").replaceChildren(...voices.map(({ model }) => new Option(model, model)));
  at("voice").closest("p").hidden = voices.length < 2;
  change();
}

function voice() {
  return voices.find(({ model }) => model === at("voice").value);
}

function change() {
  if (!voice()) return;
  offer(voice());
  run.show(voice());
  const { licence, credits } = voice();
  at("credits").textContent = [licence && `Licence of the voice: ${licence}.`, credits].filter(Boolean).join(" ");
}

// ---- speaking ----

const player = new Player(() => {
  at("pause").disabled = at("stop").disabled = player.state === "stopped";
  at("pause").textContent = player.state === "paused" ? "Go on" : "Pause";
  if (player.state === "stopped" && book?.trouble) trouble(book.trouble);
  else say(STATES[player.state]);
  if (player.state !== "stopped") requestAnimationFrame(tick);
  else light(null);
});

const reader = new Reader(at("reader"), hear);

const run = new Run(api, at("run"), at("run-step"), at("run-shown"), trouble);

const picture = new Picture(at("picture"), at("spectrogram"), at("labels"), at("melody"), at("line"), reshape);

function speak() {
  const text = at("text").value;
  if (!voice()) return;
  if (!/[\p{L}\p{N}]/u.test(text)) {
    say("Write something to be spoken.", true);
    at("text").focus();
    return;
  }
  player.stop();
  picture.forget();
  book?.close();
  changing.abort();
  book = new Book(api, text, chosen(voice()), characters, changed);
  picture.takes(voice().controls);
  at("reshape").hidden = !voice().controls.durations;
  at("melody").hidden = at("retune").hidden = !voice().controls.pitches;
  at("spoken").hidden = at("downloads").hidden = false;
  at("sentence").hidden = true;
  shown = null;
  reader.open(book);
  hear({ piece: 0, index: 0 }, 0);
}

function hear(place, offset, alone = false) {
  book.trouble = null;
  for (const piece of book.pieces) if (piece.state === "failed") piece.state = "new";
  player.play(book, place, offset, alone).catch(trouble);
  book.fill(place);
}

function stop() {
  player.stop();
  changing.abort();
  book?.stop();
  say("");
}

function changed(piece) {
  reader.show(piece);
  player.pump();
  const first = piece.sentences[0];
  if (shown === null && first) show({ piece: book.pieces.indexOf(piece), index: 0 });
  if (document.activeElement === at("text") && player.state !== "stopped" && first) reader.focus();
}

function show(place) {
  const sentence = book.pieces[place.piece].sentences[place.index];
  if (!sentence?.pcm) return;
  shown = place;
  at("sentence").hidden = false;
  at("undo").hidden = !sentence.first;
  reader.mark(sentence);
  picture.show(sentence);
}

let filled = 0;

function tick(now) {
  if (player.state === "stopped") return;
  light(player.heard());
  if (now - filled > 250 && player.state !== "paused" && player.place) {
    filled = now;
    book.fill(player.place);
  }
  requestAnimationFrame(tick);
}

function light(heard) {
  reader.light(heard);
  if (heard && heard.sentence !== picture.sentence && !picture.busy) show(heard.place);
  if (picture.sentence) picture.light(heard?.sentence === picture.sentence ? heard.time : null);
  at("clock").textContent = heard ? clock(heard) : "";
}

function clock({ place, sentence, time }) {
  if (begun.sentence !== sentence) begun = { sentence, seconds: book.before(place) };
  const seconds = Math.floor(begun.seconds + time);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

let begun = {}; // the sentence that is heard, and when it begins
let changing = new AbortController();

async function reshape(sentence, given) {
  const { piece, index } = shown;
  player.stop();
  changing.abort();
  changing = new AbortController();
  const { signal } = changing;
  say("The sentence is spoken anew …");
  try {
    const made = await book.reshape({ piece, index }, given, signal);
    if (!picture.pending) renew(made, piece, index); // else more is changed, and it is made once more
  } catch (error) {
    // Stopped or failed, and not begun once more: it is as it was.
    if (signal === changing.signal && !picture.pending && picture.sentence === sentence) picture.show(sentence);
    trouble(error);
  }
}

function undo() {
  const { piece, index } = shown;
  const sentence = book.pieces[piece].sentences[index];
  player.stop();
  changing.abort();
  Object.assign(sentence, sentence.first, { first: undefined, given: undefined });
  renew(sentence, piece, index);
}

function renew(sentence, piece, index) {
  sentence.element = undefined;
  reader.show(book.pieces[piece]);
  show({ piece, index });
  hear({ piece, index }, 0, true);
}

// ---- a recording ----

async function like(recording, name) {
  say("The voice listens …");
  try {
    add(voice(), await api.hear(recording, chosen(voice())), name);
    say("The voice has heard it, and will speak a little like it.");
  } catch (error) {
    trouble(error);
  }
}

const recorder = new Recorder((state, recording) => {
  at("microphone").textContent = state === "recording" ? "Stop recording" : "Record";
  at("microphone").setAttribute("aria-pressed", String(state === "recording"));
  if (state === "recording") say("Recording. Read something aloud, ten seconds or more.");
  if (state === "refused") say("No microphone: allow it in the browser.", true);
  if (recording) like(recording, "the microphone");
});

// ---- files ----

async function download(kind) {
  const name = `${book.manner.model}.${kind}`;
  say(`${kind} is being made …`);
  const whole = () => book.whole();
  const made = { wav: () => wav(whole()), mp3: () => mp3(book), TextGrid: async () => textGrid(await timed(whole())), srt: async () => srt(await timed(whole())) };
  try {
    save(await made[kind](), name);
    say(`${name} is made.`);
  } catch (error) {
    trouble(error);
  }
}

// ---- wiring ----

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});
at("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  api.enter(at("token").value.trim());
  begin();
});
at("voice").addEventListener("change", change);
at("pause").addEventListener("click", () => player.pause());
at("stop").addEventListener("click", stop);
at("hear").addEventListener("click", () => hear(shown, 0, true));
at("undo").addEventListener("click", undo);
at("again").addEventListener("click", () => run.look().catch(trouble));
at("microphone").addEventListener("click", () => recorder.toggle());
at("recording").addEventListener("change", ({ target }) => target.files[0] && like(target.files[0], target.files[0].name));
at("phones").addEventListener("change", () => at("reader").classList.toggle("plain", !at("phones").checked));
for (const button of document.querySelectorAll("[data-file]")) {
  button.addEventListener("click", () => download(button.dataset.file));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    speak();
  } else if (event.key === "Escape") stop();
  else if (event.key === " " && player.state !== "stopped" && !event.target.closest("textarea, input, select, button, summary")) {
    event.preventDefault();
    player.pause();
  }
});
addEventListener("pagehide", () => {
  stop();
  recorder.stop();
});
begin();
