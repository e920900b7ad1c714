// A worker that draws spectrograms: {number, pcm, rate, columns, colour} → {number, image}.

const WINDOW = 512; // samples of a spectrum
const HIGHEST = 8000; // Hz
const RANGE = 65; // decibels from nothing to full colour

onmessage = ({ data: { number, pcm, rate, columns, colour } }) => {
  const bins = Math.round((HIGHEST / rate) * WINDOW);
  const levels = new Float32Array(bins * columns);
  let loudest = -Infinity;
  for (let x = 0; x < columns; x++) {
    const power = spectrum(pcm, Math.round(((x + 0.5) / columns) * pcm.length) - WINDOW / 2);
    for (let k = 0; k < bins; k++) {
      const level = 10 * Math.log10(power[k] + 1e-3);
      levels[(bins - 1 - k) * columns + x] = level;
      loudest = Math.max(loudest, level);
    }
  }
  const image = new ImageData(columns, bins);
  levels.forEach((level, i) => {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = colour[c];
    image.data[4 * i + 3] = 255 * Math.max(0, 1 + (level - loudest) / RANGE) ** 1.5;
  });
  postMessage({ number, image }, [image.data.buffer]);
};

const HANN = Float32Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW));

// Power of a window that begins at a sample, after pre-emphasis.
function spectrum(pcm, begin) {
  const real = new Float32Array(WINDOW);
  const imaginary = new Float32Array(WINDOW);
  for (let i = 0; i < WINDOW; i++) {
    real[i] = HANN[i] * ((pcm[begin + i] ?? 0) - 0.95 * (pcm[begin + i - 1] ?? 0));
  }
  transform(real, imaginary);
  return real.map((value, k) => value ** 2 + imaginary[k] ** 2);
}

// Fast Fourier transform in place; the length is a power of 2.
function transform(real, imaginary) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [real[i], real[j]] = [real[j], real[i]]; // the input is real
  }
  for (let length = 2; length <= size; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const cosine = Math.cos((2 * Math.PI * k) / length);
      const sine = -Math.sin((2 * Math.PI * k) / length);
      for (let a = k, b = k + length / 2; a < size; a += length, b += length) {
        const x = real[b] * cosine - imaginary[b] * sine;
        const y = real[b] * sine + imaginary[b] * cosine;
        real[b] = real[a] - x;
        imaginary[b] = imaginary[a] - y;
        real[a] += x;
        imaginary[a] += y;
      }
    }
  }
}
