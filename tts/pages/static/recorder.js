// Hands on every sample that the microphone gives, in pieces of 2048.

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(2048);
    this.filled = 0;
  }

  process([input]) {
    const samples = input[0]; // mono; none while the microphone starts
    if (!samples) return true;
    this.piece.set(samples, this.filled);
    this.filled += samples.length;
    if (this.filled >= this.piece.length) {
      this.port.postMessage(this.piece, [this.piece.buffer]);
      this.piece = new Float32Array(2048);
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("recorder", Recorder);
