// The page of tts-record. Samples go from the microphone to the server as they are: 24-bit WAV at 48 kHz, unprocessed.

const RATE = 48000;
const FULL = 0.99; // a sample beyond this is clipped, or nearly
const LONGEST = Number(document.body.dataset.longest);
const at = (id) => document.getElementById(id);
const stage = at("stage");
const player = new Audio();

let prompts = [];
let current = 0;
let context = null;
let stream = null;
let pieces = []; // of the take that is being recorded
let clipped = false;
let playing = "";

// ---- state ----

function put(state) {
  stage.dataset.state = state;
  at("record").textContent = state === "off" ? "Turn on the microphone" : state === "recording" ? "Stop" : "Record";
  at("record").disabled = state === "starting" || state === "sending";
  const has = Boolean(prompts[current]?.draft || prompts[current]?.recorded);
  const idle = state === "ready" || state === "off";
  at("hear").disabled = !idle || !has;
  at("repeat").disabled = state !== "ready" || !has;
  at("accept").disabled = !idle || !prompts[current]?.draft;
  at("previous").disabled = !idle || current === 0;
  at("next").disabled = !idle || current >= prompts.length - 1;
}

function say(message, advice = [], wrong = false) {
  at("said").textContent = message;
  at("said").classList.toggle("wrong", wrong);
  at("advice").replaceChildren(...advice.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function take(state) {
  prompts = state.prompts;
  const done = prompts.filter((prompt) => prompt.recorded).length;
  at("progress").max = prompts.length;
  at("progress").value = done;
  const [phones, allPhones] = state.phones;
  const [pairs, allPairs] = state.pairs;
  at("summary").textContent =
    `${done} of ${prompts.length} recorded, ${(state.seconds / 60).toFixed(1)} min. ` +
    `Phones: ${phones} of ${allPhones}; pairs of phones: ${pairs} of ${allPairs}.`;
  at("prompts").replaceChildren(...prompts.map((prompt, index) => {
    const button = document.createElement("button");
    button.type = "button";
    const mark = document.createElement("span");
    mark.className = prompt.recorded ? "done" : "soft";
    mark.textContent = prompt.recorded ? "✓ " : prompt.draft ? "… " : "";
    if (prompt.recorded) mark.setAttribute("aria-label", "recorded: ");
    const text = document.createElement("span");
    text.dir = "auto"; // from the right in Arabic, whatever the sentence before
    text.textContent = prompt.text;
    button.append(mark, text);
    button.addEventListener("click", () => go(index));
    const line = document.createElement("li");
    line.append(button);
    return line;
  }));
}

function go(index) {
  if (stage.dataset.state === "recording" || stage.dataset.state === "sending") return;
  current = Math.max(0, Math.min(prompts.length - 1, index));
  player.pause();
  const prompt = prompts[current];
  at("place").textContent = `${current + 1} of ${prompts.length}`;
  at("prompt").textContent = prompt.text;
  mark();
  say(prompt.draft ? "A take is here that you have not accepted yet." : prompt.recorded ? "Recorded." : "");
  put(context ? "ready" : "off");
  at("prompt").focus({ preventScroll: true });
}

// Marks the prompt in the list.
function mark() {
  [...at("prompts").querySelectorAll("button")].forEach((button, i) => {
    if (i === current) {
      button.setAttribute("aria-current", "true");
      const list = at("prompts"); // scrolled by itself: the page stays where it is
      list.scrollTop = button.parentElement.offsetTop - list.offsetTop - list.clientHeight / 2;
    } else button.removeAttribute("aria-current");
  });
}

function next() {
  const after = prompts.findIndex((prompt, index) => index > current && !prompt.recorded);
  const any = prompts.findIndex((prompt) => !prompt.recorded);
  if (after < 0 && any < 0) {
    go(current);
    say("All prompts are recorded.");
  } else go(after < 0 ? any : after);
}

// ---- microphone ----

async function start() {
  put("starting");
  try {
    const chosen = at("microphone").value;
    const wanted = { channelCount: 1, sampleRate: RATE, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    if (chosen) wanted.deviceId = { exact: chosen };
    stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    context = new AudioContext({ sampleRate: RATE });
    await context.audioWorklet.addModule("static/recorder.js");
    const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    node.port.onmessage = (event) => heard(event.data);
    context.createMediaStreamSource(stream).connect(node);
    stream.getAudioTracks()[0].addEventListener("ended", () => {
      shut();
      say("The microphone was unplugged or turned off.", [], true);
    });
    await list();
    put("ready");
    say("The microphone is on. Say something and watch the level, then record.");
  } catch (error) {
    shut();
    say(`No microphone: ${error.message}. Allow it in the browser, and turn it on again.`, [], true);
  }
}

function shut() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  context?.close();
  context = stream = null;
  pieces = [];
  level(0, 0);
  at("peak").textContent = "The microphone is off.";
  put("off");
}

async function list() {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "audioinput");
  const chosen = at("microphone").value;
  at("microphone").replaceChildren(new Option("the usual one", ""), ...devices.map((device) => new Option(device.label || "unnamed", device.deviceId)));
  at("microphone").value = chosen;
}

let held = 0;

function heard(samples) {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  held = Math.max(peak, held * 0.9);
  level(held, peak);
  if (stage.dataset.state !== "recording") return;
  pieces.push(samples);
  clipped ||= peak >= FULL;
  if ((pieces.length + 1) * samples.length > LONGEST * RATE) stop(); // the server takes no more
}

function level(shown, peak) {
  const decibels = Math.max(-60, 20 * Math.log10(Math.max(shown, 1e-3)));
  at("meter").querySelector("rect").setAttribute("width", String(60 + decibels));
  at("meter").setAttribute("aria-valuenow", decibels.toFixed(0));
  at("meter").classList.toggle("loud", shown >= FULL);
  if (peak) at("peak").textContent = shown >= FULL ? "Too loud" : `${decibels.toFixed(0).replace("-", "−")} dB`;
}

// ---- takes ----

async function toggle() {
  const state = stage.dataset.state;
  if (state === "off") await start();
  else if (state === "recording") await stop();
  else if (state === "ready") begin();
}

function begin() {
  player.pause();
  pieces = [];
  clipped = false;
  put("recording");
  say("Recording.");
}

async function stop() {
  put("sending");
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const wav = encoded(pieces, length);
  pieces = [];
  const answer = await ask(`take/${prompts[current].id}`, { method: "PUT", headers: { "Content-Type": "audio/wav" }, body: wav });
  put("ready");
  if (!answer) return;
  prompts[current].draft = answer.draft;
  put("ready");
  const { measures, advice } = answer;
  const figure = (value) => value.toFixed(0).replace("-", "−");
  if (clipped && !advice.some((text) => text.startsWith("Too loud"))) advice.push("Nearly clipped: a little less would be safer.");
  say(`${measures.seconds.toFixed(1)} s, level ${figure(measures.level)} dB, noise ${figure(measures.noise)} dB.${advice.length ? "" : " Good."}`, advice);
  if (at("playback").checked) hear();
}

async function ask(path, request) {
  try {
    const answer = await fetch(path, request);
    if (answer.ok) return await answer.json();
    say(`Not kept: ${[422, 507].includes(answer.status) ? await answer.text() : `error ${answer.status}`}`, [], true);
  } catch {
    say("Not kept: the server does not answer. Is tts-record still running?", [], true);
  }
  return null;
}

async function hear() {
  const id = prompts[current].id;
  if (!player.paused && playing === id) {
    player.pause();
    return;
  }
  const answer = await fetch(`take/${id}`);
  if (!answer.ok) return;
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(await answer.blob());
  playing = id;
  await player.play().catch(() => {}); // stopped before it began
}

async function accept() {
  const { id, draft } = prompts[current];
  if (!draft) return;
  const before = stage.dataset.state;
  put("sending");
  const state = await ask(`take/${id}/accept?${new URLSearchParams({ draft })}`, { method: "POST" });
  put(before);
  if (state) {
    take(state);
    next();
  } else await renew();
}

// Shows what is there now, below what was said.
async function renew() {
  const answer = await fetch("state").catch(() => null);
  if (!answer?.ok) return;
  take(await answer.json());
  mark();
  put(stage.dataset.state);
}

// RIFF with one chunk of PCM, 24 bits a sample.
function encoded(parts, length) {
  const bytes = new DataView(new ArrayBuffer(44 + 3 * length));
  const text = (place, value) => [...value].forEach((letter, i) => bytes.setUint8(place + i, letter.charCodeAt(0)));
  const odd = length % 2; // chunks begin at even places
  text(0, "RIFF");
  bytes.setUint32(4, 36 + 3 * length + odd, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, 3 * RATE, true);
  bytes.setUint16(32, 3, true);
  bytes.setUint16(34, 24, true);
  text(36, "data");
  bytes.setUint32(40, 3 * length, true);
  let place = 44;
  for (const part of parts) {
    for (const sample of part) {
      const value = Math.max(-8388608, Math.min(8388607, Math.round(sample * 8388608)));
      bytes.setUint8(place, value & 255);
      bytes.setUint8(place + 1, (value >> 8) & 255);
      bytes.setUint8(place + 2, (value >> 16) & 255);
      place += 3;
    }
  }
  return new Blob(odd ? [bytes, new Uint8Array(1)] : [bytes], { type: "audio/wav" });
}

// ---- what the person does ----

const actions = {
  previous: () => go(current - 1),
  record: toggle,
  hear,
  repeat: begin,
  accept,
  next: () => go(current + 1),
};

for (const [id, action] of Object.entries(actions)) {
  at(id).addEventListener("click", async () => {
    await action();
    at("prompt").focus({ preventScroll: true }); // so that the keys below have a meaning again
  });
}

at("playback").addEventListener("change", () => at("prompt").focus({ preventScroll: true })); // likewise

const keys = { " ": "record", Enter: "accept", r: "repeat", p: "hear", ArrowLeft: "previous", ArrowRight: "next" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  if (event.target.closest("select, input, textarea")) return;
  if (event.target.closest("button") && (event.key === " " || event.key === "Enter")) return; // which presses it
  event.preventDefault();
  const button = at(keys[event.key]);
  if (!event.repeat && !button.disabled) actions[keys[event.key]]();
});

at("microphone").addEventListener("change", async () => {
  if (stage.dataset.state !== "ready") return;
  shut();
  await start();
});

window.addEventListener("beforeunload", (event) => {
  if (["recording", "sending"].includes(stage.dataset.state)) event.preventDefault();
});

const state = await ask("state");
if (state) {
  take(state);
  current = -1;
  next();
}
