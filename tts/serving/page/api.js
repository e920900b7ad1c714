// The server's API, as docs/serving.md has it.

export const RATE = 24000; // of `pcm`, whatever the voice's is
export const GAP = 0.1; // seconds of silence between sentences
const PATIENCE = 4; // times that a busy server is asked

export class Trouble extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Api {
  token = sessionStorage.getItem("token") ?? "";

  enter(token) {
    this.token = token;
    sessionStorage.setItem("token", token);
  }

  // `path` is relative to the page, so that it may lie in a folder of another server.
  async ask(path, body, signal, type = "application/json") {
    for (let time = 1; ; time++) {
      const headers = body === undefined ? {} : { "Content-Type": type };
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      const answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body, signal });
      if (answer.ok) return answer;
      const busy = (answer.status === 429 || answer.status === 503) && time < PATIENCE;
      if (!busy) throw new Trouble(answer.status, await reason(answer));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      signal?.throwIfAborted();
    }
  }

  async voices() {
    return (await this.ask("v1/voices")).json();
  }

  // What the run of a voice validated last; its step is null where there is nothing yet.
  async validation(model, signal) {
    return (await this.ask(`v1/validation?${new URLSearchParams({ model })}`, undefined, signal)).json();
  }

  // A picture or sound of it; null where it is not there.
  async validated(model, name, signal) {
    try {
      return await (await this.ask(`v1/validation/${name}?${new URLSearchParams({ model })}`, undefined, signal)).blob();
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }

  // The name of a speaker who sounds like a recording.
  async hear(recording, { model, language }) {
    const query = new URLSearchParams({ model, ...(language && { language }) });
    return (await (await this.ask(`v1/speakers?${query}`, recording, undefined, "application/octet-stream")).json()).voice;
  }

  async sound(request, signal) {
    return (await this.ask("v1/audio/speech", JSON.stringify(request), signal)).blob();
  }

  async *events(request, signal) {
    const body = JSON.stringify({ ...request, response_format: "pcm", stream_format: "sse", timings: true });
    const answer = await this.ask("v1/audio/speech", body, signal);
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const events = rest.split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const content = JSON.parse(event.slice("data: ".length));
        if (content.type === "error") throw new Trouble(500, content.error.message);
        yield content;
      }
      if (done) return;
    }
  }

  // Each sentence as soon as its sound is there; its times are seconds from its own first sample.
  async *sentences(request, signal) {
    const sound = new Sound();
    let coming = null;
    for await (const event of this.events(request, signal)) {
      if (event.type === "speech.sentence") coming = event;
      if (event.type !== "speech.audio.delta") continue;
      sound.add(event.audio);
      if (coming) yield sentence(coming, sound);
      coming = null;
    }
  }
}

async function reason(answer) {
  try {
    return (await answer.json()).error.message;
  } catch {
    return `the server answered ${answer.status}`;
  }
}

// The samples of one request, from where they are still needed on.
class Sound {
  samples = new Int16Array(0);
  passed = 0;

  add(base64) {
    const more = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const joined = new Int16Array(this.samples.length + more.length / 2);
    joined.set(this.samples);
    joined.set(new Int16Array(more.buffer), this.samples.length);
    this.samples = joined;
  }

  // The last few samples may still be in a resampler, and are silence.
  take(start, end) {
    const taken = new Int16Array(end - start);
    taken.set(this.samples.subarray(start - this.passed, end - this.passed));
    this.samples = this.samples.slice(end - this.passed);
    this.passed = end;
    return taken;
  }
}

function sentence(event, sound) {
  const moved = (entries) =>
    entries.map((entry) => ({ ...entry, start: entry.start - event.start, end: entry.end - event.start }));
  const pcm = sound.take(Math.round(event.start * RATE), Math.round(event.end * RATE));
  return {
    text: event.text, pcm, seconds: pcm.length / RATE,
    parts: moved(event.parts), words: moved(event.words), phones: moved(event.phones),
  };
}
