// Who speaks, and how: a control for each thing that the voice says it has.

const at = (id) => document.getElementById(id);
const NAMES = { speed: "Speed", pitch: "Pitch", pitch_range: "Melody", energy: "Loudness", pauses: "Pauses", variation: "Variation" };
// What sounds like speech; requests may ask for more.
const SENSIBLE = { pitch: [-12, 12], pitch_range: [0, 2], energy: [-20, 20], pauses: [0, 4] };

// Show what a voice of `GET /v1/voices` offers.
export function offer(voice) {
  const groups = new Map();
  for (const one of voice.voices) groups.set(one.language, [...(groups.get(one.language) ?? []), one]);
  const options = ({ name, title }) => new Option(title ?? name, name);
  const kept = at("speaker").value;
  const listed = (those) =>
    groups.size < 2
      ? voice.voices.filter(those).map(options)
      : [...groups].map(([language, speakers]) => {
          const group = Object.assign(document.createElement("optgroup"), { label: named(language) });
          group.append(...speakers.filter(those).map(options));
          return group;
        });
  at("speaker").replaceChildren(...listed(() => true));
  at("other").replaceChildren(new Option("nobody", ""), ...listed(mixes));
  if (voice.voices.some(({ name }) => name === kept)) at("speaker").value = kept;
  for (const id of ["speaker", "other"]) at(id).closest("p").hidden = voice.voices.length < 2;
  at("other").onchange = () => (at("share").closest("p").hidden = !at("other").value);
  at("other").onchange();
  at("share").oninput = () => (at("share").nextElementSibling.textContent = `${at("share").value} %`);
  at("language").replaceChildren(new Option("the speaker's own", ""), ...voice.languages.map((code) => new Option(named(code), code)));
  at("language").closest("p").hidden = voice.languages.length < 2;
  at("controls").replaceChildren(...Object.entries(voice.controls).filter(([, { most } = {}]) => most !== undefined).map(control));
  at("like").hidden = !voice.controls.like;
}

// Offer one more speaker, whom the voice has heard in a recording of this name, and choose it.
export function add(voice, name, recording) {
  const language = at("language").value || voice.voices.find((one) => one.name === at("speaker").value)?.language;
  voice.voices.push({ name, language, title: `like ${recording}` });
  offer(voice);
  at("speaker").value = name;
}

// The keys of a request that say so.
export function chosen(voice) {
  const manner = { model: voice.model, voice: at("speaker").value, language: at("language").value };
  const [one, other] = ["speaker", "other"].map((id) => voice.voices.find(({ name }) => name === at(id).value));
  const share = other && other !== one && mixes(one) ? Number(at("share").value) / 100 : 0;
  if (!manner.language) manner.language = (share > 0.5 ? other : one)?.language;
  if (!manner.language) delete manner.language;
  if (share) manner.voice = share < 1 ? `${one.name}:${(1 - share).toFixed(2)},${other.name}:${share}` : other.name;
  for (const input of at("controls").querySelectorAll("input")) manner[input.name] = value(input);
  if (manner.variation) manner.seed = Math.floor(Math.random() * 2 ** 32); // another reading each time
  return manner;
}

// Whether a speaker can be part of a mixture: not one that the voice has heard in a recording.
function mixes({ name, title }) {
  return !title && !name.includes(",") && name === name.trim();
}

function named(language) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(language) ?? language;
  } catch {
    return language; // espeak has names of its own
  }
}

// A slider; on a scale of factors where the range is one of them.
function control([key, { least: lowest, most: highest, usual, unit }]) {
  const [from, to] = SENSIBLE[key] ?? [lowest, highest];
  const [least, most] = [Math.max(lowest, from), Math.min(highest, to)];
  const factors = least > 0 && most / least >= 4;
  const input = Object.assign(document.createElement("input"), { type: "range", id: `control-${key}`, name: key });
  input.dataset.factors = factors ? "1" : "";
  const [low, high, middle] = factors ? [least, most, usual].map(Math.log2) : [least, most, usual];
  Object.assign(input, { min: low, max: high, step: factors ? 0.05 : (most - least) / 100, value: middle });
  const output = Object.assign(document.createElement("span"), { className: "value" }); // the slider says it itself
  output.setAttribute("aria-hidden", "true");
  const tell = () => {
    output.textContent = `${Number(value(input).toPrecision(3))}${unit ? ` ${unit}` : ""}`;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", tell);
  input.addEventListener("dblclick", () => {
    input.value = middle;
    tell();
  });
  tell();
  const row = document.createElement("p");
  const label = Object.assign(document.createElement("label"), { htmlFor: input.id, textContent: NAMES[key] ?? key });
  row.append(label, input, output);
  return row;
}

function value(input) {
  const number = Number(input.value);
  const exact = input.dataset.factors ? 2 ** number : number;
  return Math.min(Math.max(Number(exact.toFixed(4)), bound(input, "min")), bound(input, "max"));
}

function bound(input, which) {
  return input.dataset.factors ? 2 ** Number(input[which]) : Number(input[which]);
}
