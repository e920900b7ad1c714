// A row of phones over time, each a slider for one number of it: by arrow keys, or by dragging a handle.

const PATIENCE = 500; // milliseconds after the last arrow key
const SLIP = 3; // pixels that a click may move

export class Row {
  values = [];
  changeable = false;
  #timer = 0;
  #dragged = false;

  // `slider` says what the number is: `least`, `most`, `step`, `large` (a step with Shift), the selector of its `handle`,
  // `pulled(x, y)`, by how much it grows where the handle is dragged so many pixels right and down, `cell(i)`, the element
  // of a phone, and `say(value)`, for a screen reader. `moved()` is called as it changes, `done()` when the user rests.
  constructor(root, slider, moved, done) {
    Object.assign(this, { root, slider, moved, done });
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("pointerdown", (event) => this.#drag(event));
    root.addEventListener("focusin", ({ target }) => this.#reach(target));
  }

  // Whether the user has begun a change that nobody was called for yet.
  get pending() {
    return this.#timer !== 0 || this.#dragged;
  }

  show(values, chosen) {
    this.forget();
    this.values = [...values];
    this.root.replaceChildren(...values.map((_, i) => this.#cell(i)));
    this.root.children[Math.max(chosen, 0)].tabIndex = 0;
    if (chosen >= 0) this.root.children[chosen].focus();
  }

  // The phone that has the focus, or -1.
  get chosen() {
    return [...this.root.children].indexOf(document.activeElement);
  }

  // Call nobody for what was changed last.
  forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  say(i) {
    if (!this.changeable) return;
    const { value, text } = this.slider.say(this.values[i]);
    this.root.children[i].setAttribute("aria-valuenow", String(value));
    this.root.children[i].setAttribute("aria-valuetext", text);
  }

  #cell(i) {
    const element = this.slider.cell(i);
    element.tabIndex = -1;
    element.setAttribute("role", this.changeable ? "slider" : "note");
    if (this.changeable) {
      element.setAttribute("aria-orientation", "vertical");
      element.setAttribute("aria-valuemin", String(this.slider.say(this.slider.least).value));
      element.setAttribute("aria-valuemax", String(this.slider.say(this.slider.most).value));
    }
    return element;
  }

  #reach(element) {
    for (const one of this.root.children) one.tabIndex = one === element ? 0 : -1;
  }

  #key(event) {
    const all = [...this.root.children];
    const i = all.indexOf(event.target);
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "ArrowLeft") all[i - 1]?.focus();
    else if (event.key === "ArrowRight") all[i + 1]?.focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else if (sign && this.changeable) {
      this.#set(i, this.values[i] + sign * (event.shiftKey ? this.slider.large : this.slider.step));
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#rest(), PATIENCE);
    } else return;
    event.preventDefault();
  }

  #drag(event) {
    const handle = event.target.closest(this.slider.handle);
    if (!handle || !this.changeable || event.button !== 0) return;
    event.preventDefault();
    const i = [...this.root.children].findIndex((cell) => cell.contains(handle));
    const from = this.values[i];
    const pulled = this.slider.pulled();
    this.root.children[i].focus();
    handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const [x, y] = [moved.clientX - event.clientX, moved.clientY - event.clientY];
      this.#dragged ||= Math.hypot(x, y) > SLIP;
      if (this.#dragged) this.#set(i, from + pulled(x, y));
    };
    const end = (ended) => {
      this.#dragged = false;
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      if (ended.type === "pointercancel") this.#set(i, from);
      else if (this.values[i] !== from) this.#rest();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  #set(i, value) {
    this.values[i] = Math.min(Math.max(value, this.slider.least), this.slider.most);
    this.moved();
  }

  #rest() {
    this.#timer = 0;
    this.done();
  }
}
