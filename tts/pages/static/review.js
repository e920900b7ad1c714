// The page of tts-review: keys, and changes sent to its server. All text comes from the server as text, never as HTML.

const cards = [...document.querySelectorAll("article[data-id]")];
let current = 0;

function show(card, message, wrong = false) {
  const said = card.querySelector(".said");
  said.textContent = message;
  said.classList.toggle("wrong", wrong);
}

// What the server has of the card's utterance.
function put(card, { text, verdict }) {
  card.querySelector("textarea").dataset.was = text;
  card.dataset.verdict = verdict;
  card.querySelector(".verdict").textContent = verdict;
}

let sent = Promise.resolve();

// One after the other, as each says what the one before made of the card.
function send(card, text, verdict) {
  sent = sent.then(() => change(card, text, verdict));
  return sent;
}

// What the card is to say: its text, and whether it is accepted or rejected.
async function change(card, text, verdict) {
  const field = card.querySelector("textarea");
  const seen = { text: field.dataset.was, verdict: card.dataset.verdict };
  let answer;
  try {
    answer = await fetch("correction", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id: card.dataset.id, text, verdict, seen }),
    });
  } catch {
    show(card, "Not saved: the server does not answer. Is tts-review still running?", true);
    return false;
  }
  if (answer.status === 409) {
    const now = await answer.json();
    if (field.value === seen.text) field.value = now.text;
    put(card, now);
    card.dataset.original = now.original;
    const there = `“\u2068${now.text}\u2069”${now.verdict && `, ${now.verdict}`}`; // isolated, if from the right
    show(card, `Not saved: it was changed elsewhere meanwhile, and now is ${there}. Do it again to change that.`, true);
    return false;
  }
  if (!answer.ok) {
    show(card, `Not saved: ${[422, 507].includes(answer.status) ? await answer.text() : `error ${answer.status}`}`, true);
    return false;
  }
  const saved = await answer.json();
  field.value = saved.text;
  put(card, saved);
  document.getElementById("waiting").textContent = saved.waiting;
  show(card, `Saved. Read as ${saved.phones}`);
  return true;
}

const actions = {
  save: (card) => send(card, card.querySelector("textarea").value, card.dataset.verdict),
  accepted: (card) => send(card, card.querySelector("textarea").value, "accepted"),
  rejected: (card) => send(card, card.querySelector("textarea").value, "rejected"),
  undo: (card) => send(card, card.dataset.original, ""),
};

function focus(index) {
  if (!cards.length) return;
  current = Math.max(0, Math.min(cards.length - 1, index));
  cards[current].focus();
  cards[current].scrollIntoView({ block: "nearest" });
}

function edit(field) {
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function hear(card) {
  const player = card.querySelector("audio");
  if (!player) return;
  for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
  if (player.paused) player.play();
  else player.pause();
}

async function act(card, name) {
  const done = await actions[name](card);
  if (done && (name === "accepted" || name === "rejected")) focus(cards.indexOf(card) + 1);
}

for (const card of cards) {
  card.addEventListener("focusin", () => { current = cards.indexOf(card); });
  card.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) act(card, button.dataset.do);
  });
  card.querySelector("textarea").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      actions.save(card).then((done) => { if (done) card.focus(); });
    } else if (event.key === "Escape" && !event.isComposing) {
      event.target.value = event.target.dataset.was;
      card.focus();
    }
  });
}

const keys = {
  ArrowDown: () => focus(document.activeElement.closest("article[data-id]") ? current + 1 : current),
  ArrowUp: () => focus(current - 1),
  " ": () => hear(cards[current]),
  e: () => edit(cards[current].querySelector("textarea")),
  a: () => act(cards[current], "accepted"),
  r: () => act(cards[current], "rejected"),
  u: () => act(cards[current], "undo"),
};

document.addEventListener("keydown", (event) => {
  const own = event.key === " " ? ", button" : ""; // which it presses
  const other = event.target.closest(`textarea, form, nav, audio${own}`);
  if (other || event.ctrlKey || event.metaKey || event.altKey || !cards.length || !(event.key in keys)) return;
  if (!cards[current].querySelector("[data-do='accepted']") && "ar".includes(event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = cards.some((card) => {
    const field = card.querySelector("textarea");
    return field.value !== field.dataset.was;
  });
  if (unsaved) event.preventDefault();
});
