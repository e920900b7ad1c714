// The last validation of the run that trains a voice: what its held-out recordings sound like, and their alignments.

const KINDS = { recording: "Recording", reconstructed: "Reconstructed", synthesised: "From the text" };
const EVERY = 30_000; // milliseconds between two looks at a run

export class Run {
  watched = false; // whether the server shows validations
  #model = null;
  #step = null;
  #asked = new AbortController();
  #kept = []; // addresses of what is shown

  constructor(api, section, line, shown, failed) {
    Object.assign(this, { api, section, line, shown, failed });
    setInterval(() => {
      const heard = [...shown.querySelectorAll("audio")].some((sound) => !sound.paused);
      if (document.visibilityState === "visible" && !heard) this.look().catch(() => {}); // the next look may succeed
    }, EVERY);
  }

  show({ model }) {
    this.#asked.abort();
    this.#model = model;
    this.#fill(null, [], []);
    this.look().catch(this.failed);
  }

  // See whether there is a newer one.
  async look() {
    if (!this.watched || this.#model === null) return;
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const addresses = [];
    try {
      const card = await this.api.validation(this.#model, signal);
      if (card.step === this.#step) return;
      const elements = [];
      for (const [i, one] of card.utterances.entries()) elements.push(await this.#utterance(one, i + 1, addresses, signal));
      signal.throwIfAborted();
      this.#fill(card.step === null ? null : card, elements, addresses);
    } catch (error) {
      addresses.forEach(URL.revokeObjectURL);
      throw error;
    }
  }

  #fill(card, elements, addresses) {
    const values = Object.entries(card?.values ?? {}).map(([name, value]) => `${name.replaceAll("_", " ")} ${value.toFixed(3)}`);
    this.#step = card?.step ?? null;
    this.section.hidden = this.#step === null;
    this.line.textContent = card && [`Step ${card.step.toLocaleString("en")}`, ...values].join(" · ");
    this.shown.replaceChildren(...elements);
    this.#kept.forEach(URL.revokeObjectURL);
    this.#kept = addresses;
  }

  async #utterance({ id, text }, number, addresses, signal) {
    const address = async (name) => {
      const file = await this.api.validated(this.#model, name, signal);
      if (file) addresses.push(URL.createObjectURL(file));
      return file && addresses.at(-1);
    };
    const element = document.createElement("figure");
    element.append(Object.assign(document.createElement("figcaption"), { textContent: text, title: id }));
    const row = Object.assign(document.createElement("div"), { className: "row" });
    element.append(row);
    for (const [kind, name] of Object.entries(KINDS)) {
      const src = await address(`shown_${number}_${kind}.wav`);
      if (!src) continue;
      const label = Object.assign(document.createElement("label"), { textContent: `${name} ` });
      const sound = Object.assign(document.createElement("audio"), { controls: true, preload: "metadata", src });
      sound.setAttribute("aria-label", `${name}: ${text}`);
      label.append(sound);
      row.append(label);
    }
    const src = await address(`shown_${number}.png`);
    if (src) element.append(Object.assign(document.createElement("img"), { alt: `Alignment of “${text}”`, src }));
    return element;
  }
}
