// A recording from the microphone, as the browser encodes it.

const LONGEST = 60; // seconds; the voice listens to no more

export class Recorder {
  #running = null;
  #timer = 0;

  // `changed(state, recording)`: `recording`, `refused`, or `done` with what was recorded.
  constructor(changed) {
    this.changed = changed;
  }

  toggle() {
    return this.#running ? this.stop() : this.#start();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#running?.stop();
    this.#running = null;
  }

  async #start() {
    let stream;
    try {
      const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      stream = await navigator.mediaDevices.getUserMedia({ audio }); // there is none on a page without TLS
    } catch {
      this.changed("refused");
      return;
    }
    const pieces = [];
    const running = new MediaRecorder(stream);
    running.ondataavailable = ({ data }) => pieces.push(data);
    running.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      this.changed("done", new Blob(pieces));
    };
    running.start();
    this.#running = running;
    this.#timer = setTimeout(() => this.stop(), LONGEST * 1000);
    this.changed("recording");
  }
}
