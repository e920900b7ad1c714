// The last validation of the run that trains a voice: what its held-out recordings sound like, and their alignments.

const KINDS = { recording: "Recording", reconstructed: "Reconstructed", synthesised: "From the text" };
const EVERY = 30_000; // milliseconds between two looks at a run

export class Run {
  #model = null;
  #step = null;
  #asked = new AbortController();
  #kept = []; // addresses of what is shown

  constructor(api, section, line, shown, failed) {
    Object.assign(this, { api, section, line, shown, failed });
    setInterval(() => document.visibilityState === "visible" && !section.hidden && this.look(), EVERY);
  }

  show({ model, validated }) {
    this.#model = model;
    this.#step = null;
    this.section.hidden = validated === null;
    if (validated === null) this.#asked.abort();
    else this.look();
  }

  // See whether there is a newer one.
  async look() {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    try {
      const card = await this.api.validation(this.#model, signal);
      if (card.step === this.#step) return;
      const utterances = await Promise.all(card.utterances.map((one, i) => this.#utterance(one, i + 1, signal)));
      signal.throwIfAborted();
      this.#step = card.step;
      const values = Object.entries(card.values).map(([name, value]) => `${name.replaceAll("_", " ")} ${value.toFixed(3)}`);
      this.line.textContent = [`Step ${card.step.toLocaleString("en")}`, ...values].join(" · ");
      this.shown.replaceChildren(...utterances.map(({ element }) => element));
      this.#kept.forEach(URL.revokeObjectURL);
      this.#kept = utterances.flatMap(({ addresses }) => addresses);
    } catch (error) {
      this.failed(error);
    }
  }

  async #utterance({ id, text }, number, signal) {
    const addresses = [];
    const address = async (name) => {
      const made = URL.createObjectURL(await this.api.validated(this.#model, name, signal));
      addresses.push(made);
      return made;
    };
    const element = document.createElement("figure");
    element.append(Object.assign(document.createElement("figcaption"), { textContent: text, title: id }));
    const row = Object.assign(document.createElement("div"), { className: "row" });
    for (const [kind, name] of Object.entries(KINDS)) {
      const label = Object.assign(document.createElement("label"), { textContent: `${name} ` });
      const sound = Object.assign(document.createElement("audio"), { controls: true, preload: "metadata" });
      sound.src = await address(`shown_${number}_${kind}.wav`);
      sound.setAttribute("aria-label", `${name}: ${text}`);
      label.append(sound);
      row.append(label);
    }
    const picture = Object.assign(document.createElement("img"), { alt: `Alignment of “${text}”` });
    picture.src = await address(`shown_${number}.png`);
    element.append(row, picture);
    return { element, addresses };
  }
}
