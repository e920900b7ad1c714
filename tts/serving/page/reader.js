// The text as it is spoken: a span for each part whose times are known, with its phones under it.

const WIDE = 24; // characters of a word that may be broken

export class Reader {
  #now = null; // the word that is lit
  #shown = null; // the sentence that is heard, or chosen
  #scrolled = 0; // when the user last did

  // `hear(place, offset)` is called where a word is chosen.
  constructor(element, hear) {
    this.element = element;
    this.hear = hear;
    element.addEventListener("click", (event) => this.#choose(event.target));
    element.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of ["wheel", "touchmove"]) element.addEventListener(kind, () => (this.#scrolled = Date.now()), { passive: true });
  }

  open(book) {
    this.book = book;
    this.#now = this.#shown = null;
    const paragraphs = new Map();
    book.pieces.forEach((piece, number) => {
      if (!paragraphs.has(piece.paragraph)) paragraphs.set(piece.paragraph, document.createElement("p"));
      piece.element = Object.assign(document.createElement("span"), { className: "piece" });
      piece.element.dataset.piece = number;
      if (book.manner.language) piece.element.lang = book.manner.language;
      paragraphs.get(piece.paragraph).append(piece.element, " ");
      this.show(piece);
    });
    this.element.replaceChildren(...paragraphs.values());
  }

  // A piece's sentences as far as they are made, and after them what is not spoken yet.
  show(piece) {
    const old = [...piece.element.querySelectorAll(".sentence")];
    piece.sentences.forEach((sentence, index) => {
      sentence.element ??= spans(sentence, index);
      if (old[index] === sentence.element) return; // where it stands it keeps the focus
      if (old[index]) old[index].replaceWith(sentence.element);
      else piece.element.insertBefore(sentence.element, piece.element.querySelector(".pending"));
    });
    for (const left of old.slice(piece.sentences.length)) left.remove();
    const rest = piece.state === "done" ? "" : after(piece);
    let pending = piece.element.querySelector(".pending");
    if (!pending) piece.element.append((pending = Object.assign(document.createElement("span"), { className: "pending" })));
    pending.textContent = rest;
    if (!this.element.querySelector('.word[tabindex="0"]')) this.#reach(this.element.querySelector(".word"));
  }

  // Light the word that is heard.
  light(heard) {
    const word = heard?.sentence.spans?.find(({ start, end }) => start <= heard.time && heard.time < end)?.element ?? null;
    if (word !== this.#now) {
      this.#now?.classList.remove("now");
      this.#now?.removeAttribute("aria-current");
      word?.classList.add("now");
      word?.setAttribute("aria-current", "true");
      this.#now = word;
    }
    if (heard && heard.sentence !== this.#shown) {
      this.mark(heard.sentence);
      if (Date.now() - this.#scrolled > 4000) this.#bring(heard.sentence.element);
    }
  }

  // The sentence of which there is a picture.
  mark(sentence) {
    this.#shown?.element?.classList.remove("shown");
    sentence?.element?.classList.add("shown");
    this.#shown = sentence;
  }

  focus() {
    this.element.querySelector('.word[tabindex="0"]')?.focus({ preventScroll: true });
  }

  // Only the text itself is scrolled, and the page where it is out of sight.
  #bring(element) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const box = this.element.getBoundingClientRect();
    const line = element.getBoundingClientRect();
    const behavior = calm ? "auto" : "smooth";
    if (line.top < box.top || line.bottom > box.bottom) {
      this.element.scrollBy({ top: line.top - box.top - box.height / 4, behavior });
    }
    if (box.bottom < 0 || box.top > innerHeight) this.element.scrollIntoView({ block: "nearest", behavior });
  }

  #choose(target) {
    const piece = Number(target.closest(".piece")?.dataset.piece);
    if (Number.isNaN(piece)) return;
    const word = target.closest(".word");
    if (!word) {
      if (target.closest(".pending")) this.hear({ piece, index: this.book.pieces[piece].sentences.length }, 0);
      return;
    }
    const index = Number(word.closest(".sentence").dataset.index);
    this.#reach(word, true);
    this.hear({ piece, index }, Number(word.dataset.start));
  }

  #key(event) {
    const word = event.target.closest(".word");
    if (!word || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };
    if (event.key === "Enter") this.#choose(word);
    else if (event.key in steps) {
      const lines = event.key === "ArrowUp" || event.key === "ArrowDown";
      const all = [...this.element.querySelectorAll(lines ? ".sentence" : ".word")];
      const next = all[all.indexOf(lines ? word.closest(".sentence") : word) + steps[event.key]];
      this.#reach(lines ? next?.querySelector(".word") : next, true);
    } else return;
    event.preventDefault();
  }

  // One word at a time is reached by Tab, and is a button to who cannot see.
  #reach(word, focus = false) {
    if (!word) return;
    for (const old of this.element.querySelectorAll('.word[tabindex="0"]')) {
      old.removeAttribute("tabindex");
      old.removeAttribute("role");
    }
    word.tabIndex = 0;
    word.setAttribute("role", "button");
    if (focus) word.focus();
  }
}

function spans(sentence, index) {
  const element = Object.assign(document.createElement("span"), { className: "sentence" });
  element.dataset.index = index;
  sentence.spans = [];
  for (const part of sentence.parts) {
    const [, before, written, behind] = /^(\s*)(.*?)(\s*)$/su.exec(part.text);
    const word = Object.assign(document.createElement("ruby"), { className: written.length > WIDE ? "word long" : "word", textContent: written });
    word.dataset.start = part.start;
    const phones = sentence.phones.filter(({ label, start, end }) => {
      const middle = (start + end) / 2;
      return label !== "sil" && /\p{L}/u.test(label) && part.start <= middle && middle < part.end;
    });
    const under = document.createElement("rt");
    under.textContent = phones.map(({ label }) => label).join("");
    under.setAttribute("aria-hidden", "true");
    word.append(under);
    element.append(before, word, behind);
    sentence.spans.push({ element: word, start: part.start, end: part.end });
  }
  element.append(" ");
  return element;
}

// What of a piece comes after its sentences; spaces may differ.
function after(piece) {
  let said = piece.sentences.reduce((sum, { text }) => sum + text.replace(/\s/gu, "").length, 0);
  let place = 0;
  while (said > 0 && place < piece.text.length) if (/\S/u.test(piece.text[place++])) said--;
  return piece.text.slice(place).trim();
}
