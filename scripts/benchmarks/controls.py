"""What controls are asked for, beside what Praat finds in the sound.

python scripts/benchmark.py benchmark=controls [voice=base] [speaker=NAME] [other=NAME] [count=10] [sentences=FILE]
[judge=no] [out=DIR]

Speaks the first COUNT sentences with each value of each control and prints a table; mixtures with another speaker,
readings, and single words and pauses in SSML follow. `OUT/controls.png` shows all (no picture without `out`). Five CPU
minutes; needs praat-parselmouth. With `judge=yes` only what judges say of readings (extras `judges`, `opinion`).

Praat measures pitch by autocorrelation (Boersma 1993), intensity in decibels, and is told nothing of what was asked.
Pauses are what lies 30 dB below the sentence's 95th percentile of intensity, between the first and the last sound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.arguments import settings_of
from tts.corpora.synthetic.sentences import read_sentences
from tts.storage.resources import folder
from tts.synthesis.controls import MELODY_VARIES
from tts.synthesis.voice import Synthesis, Voice
from tts.text.controls import Controls

KEYS = {"voice": "base", "speaker": "", "other": "kokoro-am_michael", "count": "10", "sentences": "", "judge": "no"}
ASKED: dict[str, Sequence[float]] = {
    "pitch": (-6, -4, -2, 2, 4, 6),
    "pitch_range": (0, 0.5, 1.25, 1.5, 2),
    "energy": (-12, -6, 6, 12),
    "speed": (0.5, 0.75, 1.25, 1.5, 2),
    "pauses": (0.5, 2, 4),
}
PAUSES = (0.25, 0.5, 1.0, 2.0)
"""Seconds of `<break>`."""
LENGTHS = (0.3, 0.6, 1.0)
"""Seconds of a word."""
SHARES = (0.25, 0.5, 0.75)
"""Of the other speaker."""
VARIATIONS = (0.25, 0.5, 1.0)
SHORTEST = 0.15
"""Seconds of a word whose pitch is measured."""
BELOW = 30.0
"""Decibels of a pause below speech."""


@dataclass(frozen=True)
class Heard:
    """What Praat finds in a sentence."""

    seconds: float
    """Of the whole."""
    median: float
    """Semitones above 100 Hz."""
    deviation: float
    """Standard deviation in semitones of voiced frames."""
    intensity: float
    """Decibels."""
    pauses: list[float]
    """Seconds of each pause of 0.08 and more."""


def melody(wav: np.ndarray, rate: int) -> np.ndarray:
    """Semitones above 100 Hz of the voiced frames of a waveform `[samples]`."""
    import parselmouth

    sound = parselmouth.Sound(wav.astype(np.float64), rate)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=60, pitch_ceiling=500).selected_array["frequency"]
    return np.asarray(12 * np.log2(pitch[pitch > 0] / 100))


def hear(wav: np.ndarray, rate: int) -> Heard:
    """Measure a waveform `[samples]`."""
    import parselmouth

    sound = parselmouth.Sound(wav.astype(np.float64), rate)
    semitones = melody(wav, rate)
    loud = sound.to_intensity(minimum_pitch=100, time_step=0.005)
    level, times = loud.values[0], loud.xs()
    silent = level < np.percentile(level, 95) - BELOW
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a > 0 and b < len(silent)]
    lengths = [float(times[b - 1] - times[a]) + 0.005 for a, b in runs]
    return Heard(
        len(wav) / rate,
        float(np.median(semitones)),
        float(semitones.std()),
        sound.get_intensity(),
        [length for length in lengths if length >= 0.08],
    )


def main(arguments: list[str], out: Path | None) -> None:
    settings = settings_of(arguments, KEYS)
    path = Path(settings["sentences"]) if settings["sentences"] else folder("sentences") / "everyday_test.txt"
    texts = read_sentences(path)[: int(settings["count"])]
    torch.set_num_threads(1)
    voice = Voice.load(settings["voice"])
    speaker = settings["speaker"] or voice.info.speakers[0]

    if settings["judge"] == "yes":
        judge_readings(voice, speaker, texts)
        return

    def said(text: str, controls: Controls) -> Heard:
        return _heard(voice.synthesize(text, speaker, controls=controls))

    points = measure(texts, said)
    points += mixtures(voice, speaker, settings["other"], texts)
    points += readings(voice, speaker, texts)
    print("| control | asked | heard | standard deviation over sentences |\n|---|---|---|---|")
    for name, asked, found in points:
        print(f"| {TITLES[name]} | {asked:g} | {np.mean(found):.2f} | {np.std(found):.2f} |", flush=True)
    points += in_words(voice, speaker, texts)
    if out is not None:
        draw(points, out / "controls.png")


TITLES = {
    "pitch": "pitch: shift of the median, semitones",
    "pitch_range": "range: standard deviation of the pitch, as a factor",
    "energy": "energy: change of intensity, dB",
    "speed": "speed: shortening, as a factor",
    "pauses": "pauses: length of those at commas, as a factor",
    "mixture": "mixture of two speakers: share of the way from one's median pitch to the other's",
    "variation": "variation: standard deviation over words of the shift of their pitch, as a share of 2 semitones",
    "break": "`<break>` at a comma, seconds of silence",
    "duration": "`<prosody duration>` of a word, seconds",
    "emphasis": "`<emphasis>` (strong), semitones up",
}


def measure(texts: list[str], said: Callable[[str, Controls], Heard]) -> list[tuple[str, float, list[float]]]:
    """Each control, the value asked for, and what was heard of it in each sentence."""
    usual = [said(text, Controls()) for text in texts]
    points = []
    for name, values in ASKED.items():
        for value in values:
            found = []
            for text, before in zip(texts, usual, strict=True):
                if name == "pauses":
                    text = _with_pause(text)
                    before = said(text, Controls())
                asked: dict[str, Any] = {name: value}
                after = said(text, Controls(**asked))
                if name == "pitch":
                    found.append(after.median - before.median)
                elif name == "pitch_range":
                    found.append(after.deviation / before.deviation)
                elif name == "energy":
                    found.append(after.intensity - before.intensity)
                elif name == "speed":
                    found.append(before.seconds / after.seconds)
                elif before.pauses and after.pauses:
                    found.append(max(after.pauses) / max(before.pauses))
            points.append((name, value, found))
    return points


def mixtures(voice: Voice, speaker: str, other: str, texts: list[str]) -> list[tuple[str, float, list[float]]]:
    """How far the median pitch goes from one speaker's to another's with the other's share."""

    def median(who: str) -> np.ndarray:
        return np.array([_heard(voice.synthesize(text, who)).median for text in texts])

    here, there = median(speaker), median(other)
    mixed = {share: median(f"{speaker}:{1 - share},{other}:{share}") for share in SHARES}
    return [("mixture", share, list((found - here) / (there - here))) for share, found in mixed.items()]


def readings(voice: Voice, speaker: str, texts: list[str]) -> list[tuple[str, float, list[float]]]:
    """How much the pitch of words differs from that of the usual reading, in each sentence."""
    points = []
    usual = [_words(voice.synthesize(text, speaker)) for text in texts]
    for variation in VARIATIONS:
        found = []
        for seed, (text, before) in enumerate(zip(texts, usual, strict=True)):
            after = _words(voice.synthesize(text, speaker, controls=Controls(variation=variation, seed=seed)))
            shifts = np.array(after) - np.array(before)
            # By the median, which octave errors in single words do not move.
            found.append(float(1.4826 * np.nanmedian(np.abs(shifts))) / MELODY_VARIES)
        points.append(("variation", variation, found))
    return points


def judge_readings(voice: Voice, speaker: str, texts: list[str]) -> None:
    """What readings cost: predicted opinion and word errors, another seed in each sentence."""
    from tts.evaluation.judges import OpinionPredictor, Recogniser, word_error_rate

    recogniser, predictor = Recogniser(), OpinionPredictor()
    print("| variation | word errors, % | predicted opinion |\n|---|---|---|")
    for variation in (0.0, 0.3, 0.6, 1.0):
        spoken = [
            voice.synthesize(text, speaker, controls=Controls(variation=variation, seed=seed))
            for seed, text in enumerate(texts, 1)
        ]
        heard = [recogniser.transcribe(speech.wav, speech.sample_rate) for speech in spoken]
        opinion = np.mean([predictor.score(speech.wav, speech.sample_rate) for speech in spoken])
        print(f"| {variation:g} | {100 * word_error_rate(texts, heard).rate:.1f} | {opinion:.2f} |", flush=True)


def _words(speech: Synthesis) -> list[float]:
    """The median pitch of each word, in semitones; NaN where there is none."""
    rate, wav = speech.sample_rate, speech.wav.numpy()
    return [_median(wav[round(word.start * rate) : round(word.end * rate)], rate) for word in speech.words]


def _median(wav: np.ndarray, rate: int) -> float:
    semitones = melody(wav, rate) if len(wav) > SHORTEST * rate else np.zeros(0)
    return float(np.median(semitones)) if len(semitones) else math.nan


def in_words(voice: Voice, speaker: str, texts: list[str]) -> list[tuple[str, float, list[float]]]:
    """The same of single words and pauses."""
    points: list[tuple[str, float, list[float]]] = []
    rate = voice.config.audio.sample_rate
    for seconds in PAUSES:
        found = []
        for text in texts:
            words = text.split()
            words[len(words) // 2 - 1] += f', <break time="{seconds}s"/>'
            pauses = _heard(voice.synthesize(f"<speak>{' '.join(words)}</speak>", speaker)).pauses
            found.append(max(pauses, default=0.0))
        points.append(("break", seconds, found))
    for seconds in LENGTHS:
        found = []
        for text in texts:
            speech, place = _around_a_word(voice, speaker, text, f'<prosody duration="{seconds}s">', "</prosody>")
            found.append(speech.words[place].end - speech.words[place].start)
        points.append(("duration", seconds, found))
    higher, louder, longer = [], [], []
    for text in texts:
        (plain, place), (strong, _) = (
            _around_a_word(voice, speaker, text, *around)
            for around in (("", ""), ('<emphasis level="strong">', "</emphasis>"))
        )
        cut = []
        for speech in (plain, strong):
            word = speech.words[place]
            cut.append(hear(speech.wav.numpy()[round(word.start * rate) : round(word.end * rate)], rate))
        if np.isfinite([cut[0].median, cut[1].median]).all():
            higher.append(cut[1].median - cut[0].median)
        louder.append(cut[1].intensity - cut[0].intensity)
        longer.append(cut[1].seconds / cut[0].seconds)
    for name, asked, found in points:
        print(f"| {TITLES[name]} | {asked:g} | {np.mean(found):.2f} | {np.std(found):.2f} |", flush=True)
    print(f"| {TITLES['emphasis']} | 2.5 | {np.mean(higher):.2f} | {np.std(higher):.2f} |")
    print(f"| the same, dB up | 3 | {np.mean(louder):.2f} | {np.std(louder):.2f} |")
    print(f"| the same, times as long | 1.25 | {np.mean(longer):.2f} | {np.std(longer):.2f} |")
    return points


def _around_a_word(voice: Voice, speaker: str, text: str, before: str, after: str) -> tuple[Synthesis, int]:
    """A sentence with markup around its longest word, and the place of that word among those spoken."""
    words = text.split()
    place = max(range(len(words)), key=lambda i: len(words[i].strip(".,?!;:")))
    bare = words[place].strip(".,?!;:")
    words[place] = words[place].replace(bare, f"{before}{bare}{after}")
    speech = voice.synthesize(f"<speak>{' '.join(words)}</speak>", speaker)
    spoken = [word.label.lower() for word in speech.words]
    return speech, spoken.index(bare.lower())


def _with_pause(text: str) -> str:
    words = text.split()
    words[len(words) // 2 - 1] = words[len(words) // 2 - 1].rstrip(",") + ","
    return " ".join(words)


def _heard(speech: Synthesis) -> Heard:
    return hear(speech.wav.numpy(), speech.sample_rate)


def draw(points: list[tuple[str, float, list[float]]], path: Path) -> None:
    """What was heard over what was asked, a panel for each control."""
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(name for name, _, _ in points))
    figure, panels = plt.subplots(2, -(-len(names) // 2), figsize=(3 * -(-len(names) // 2), 6), layout="constrained")
    for panel in panels.flat[len(names) :]:
        panel.set_axis_off()
    for name, panel in zip(names, panels.flat, strict=False):
        own = [(asked, found) for kind, asked, found in points if kind == name]
        asked = [value for value, _ in own]
        panel.plot([min(asked), max(asked)], [min(asked), max(asked)], color="0.7")
        panel.errorbar(asked, [np.mean(f) for _, f in own], [np.std(f) for _, f in own], fmt="o", markersize=4)
        panel.set_title(TITLES[name].replace("`", "").partition(":")[0].partition(",")[0], fontsize=9)
        panel.set_xlabel("asked", fontsize=8)
        panel.set_ylabel("heard", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
