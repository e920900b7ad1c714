"""Bad cases among sentences that are hard for attention, found from the sound and not from the model."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor
from tqdm import tqdm

from tts.alignment import Aligner
from tts.audio import waveform
from tts.corpora.synthetic.sentences import read_sentences
from tts.errors import UserError
from tts.evaluation.faults import Fault, detect_faults
from tts.evaluation.judges import WER, Recogniser, word_error_rate
from tts.reporting.html import page, table
from tts.reporting.plots import alignment_figure, save_png
from tts.storage.files import write_text
from tts.storage.resources import folder
from tts.synthesis.voice import Endless, Synthesis, Voice
from tts.text.frontend import TextFrontEnd
from tts.text.tokens import START, Tokens

LONGER, SHORTER, MARGIN = 1.6, 0.5, 1.0
"""Speech of so many times its predicted length, give or take so many seconds, ran on or was cut short."""
OUTLINE = [withStroke(linewidth=3, foreground="black")]
EXPLAINED = (
    "<p>Of each bad case: what is wrong, when, which phones of the text are concerned, and what was heard half a "
    "second before and after (· is silence, ? a sound that is none of the text's). Pictures mark each fault.</p>"
)
IN_ONE_GO = 2000
"""Characters; a voice speaks the sentences whole, however long they are."""


@dataclass(frozen=True)
class HardSentence:
    kind: str
    """The class of what is hard about it."""
    text: str


@dataclass(frozen=True)
class SentenceAudio:
    """A spoken sentence to be judged."""

    wav: Tensor
    """`[samples]`."""
    sample_rate: int
    tokens: Tokens
    expected: float | None = None
    """Seconds by a duration predictor."""
    zero_frames: int = 0
    spent: float = 0.0
    """CPU-seconds of synthesis."""
    picture: Callable[[Path, str, Sequence[Fault]], None] | None = None
    """Draws the alignment under a title, with the faults in their places."""


SentenceSource = Callable[[int, str], SentenceAudio]
"""Number and text of a sentence → its speech."""


@dataclass
class Case:
    """A sentence and the faults found in it."""

    number: int
    kind: str
    text: str
    seconds: float
    faults: list[Fault]
    zero_frames: int = 0
    """The model's own count of phones without a frame."""
    spent: float = 0.0
    """CPU-seconds of synthesis."""
    heard: str | None = None
    """The recogniser's transcript, if there was one."""


@dataclass
class RobustnessScore:
    cases: list[Case]
    unscored: dict[str, str] = field(default_factory=dict)
    """Sentences that could not be spoken or judged, and why; they count neither as good nor as bad."""
    word_errors: dict[str, WER] = field(default_factory=dict)
    """By class, and of all; compare them with those of speech without faults."""

    @property
    def bad(self) -> list[Case]:
        return [case for case in self.cases if case.faults]

    def table(self) -> list[tuple[str, int, int, str, str]]:
        """Class, sentences, bad cases, their kinds and word error rate; the last row is of all."""
        rows = []
        for kind in [*dict.fromkeys(case.kind for case in self.cases), "all"]:
            own = [case for case in self.cases if kind in (case.kind, "all")]
            bad = [case for case in own if case.faults]
            kinds = [fault.kind for case in bad for fault in case.faults[:1]]
            counts = ", ".join(f"{name} {kinds.count(name)}" for name in sorted(set(kinds)))
            errors = f"{100 * self.word_errors[kind].rate:.1f} %" if kind in self.word_errors else ""
            rows.append((kind, len(own), len(bad), counts, errors))
        return rows


def read_hard_sentences(path: Path | None = None) -> list[HardSentence]:
    """Lines `class<TAB>sentence`, or sentences alone; the project's 500 if no file is given.

    Raises
    ------
    UserError: the file cannot be read, or holds no sentence.
    """
    found = []
    for line in read_sentences(path or folder("sentences") / "hard.tsv"):
        kind, tab, text = line.partition("\t")
        found.append(HardSentence(kind, text.strip()) if tab else HardSentence("given", line))
    return found


def from_voice(voice: Voice, speaker: str | None = None) -> SentenceSource:
    """Speech of a voice as one of its speakers, with the length that its duration predictor expects."""

    def speak(_: int, text: str) -> SentenceAudio:
        started = time.process_time()
        speech = voice.synthesize(text, speaker, limit=IN_ONE_GO)
        spent = time.process_time() - started
        is_phone = [word >= 0 for word in speech.tokens.word]
        zero_frames = sum(p and d == 0 for p, d in zip(is_phone, speech.durations.tolist(), strict=True))

        def picture(path: Path, title: str, faults: Sequence[Fault]) -> None:
            figure = alignment_figure(speech.alignment, speech.tokens, speech.mel, voice.config.audio, title)
            mark(figure, [(in_picture(fault.seconds, speech), fault.kind) for fault in faults])
            save_png(figure, path)

        expected = voice.expected_seconds(text, speaker, limit=IN_ONE_GO)
        return SentenceAudio(speech.wav, speech.sample_rate, speech.tokens, expected, zero_frames, spent, picture)

    return speak


def mark(figure: Figure, places: Sequence[tuple[float, str]]) -> None:
    """A line across every picture of a figure at each place, in seconds on its time axis, and its name on the first."""
    for axes in figure.axes:
        for seconds, name in places:
            axes.axvline(seconds, color="cyan", linewidth=1.5, path_effects=OUTLINE)
            if axes is figure.axes[0]:
                axes.text(
                    seconds, 0.96, f" {name}", transform=axes.get_xaxis_transform(), va="top", fontsize=9, color="cyan",
                    path_effects=OUTLINE, clip_on=True,
                )  # fmt: skip


def in_picture(seconds: float, speech: Synthesis) -> float:
    """Where a time of the sound is in a picture of the mel, which lacks the pauses between sentences."""
    phones, passed = iter(speech.phones), 0.0
    for symbol in speech.tokens.symbols:
        phone = next(phones)
        if symbol == START and phone.start > 0:  # the pause, and then the start itself
            passed += min(max(seconds - phone.start, 0.0), phone.end - phone.start)
            next(phones)
    return seconds - passed


def from_recordings(recordings: Path, sample_rate: int, front_end: TextFrontEnd) -> SentenceSource:
    """`NNNN.wav` of a folder: the same sentences spoken by another system."""

    def speak(number: int, text: str) -> SentenceAudio:
        return SentenceAudio(waveform.read(recordings / f"{number:04d}.wav", sample_rate), sample_rate, front_end(text))

    return speak


def score_robustness(
    source: SentenceSource,
    aligner: Aligner,
    sentences: Sequence[HardSentence],
    out: Path,
    recogniser: Recogniser | None = None,
    recognised: int = 0,
) -> RobustnessScore:
    """Write every sentence to `out/NNNN.wav`, detect its faults, and write report.html with the bad cases.

    Parameters
    ----------
    aligner: trained separately, on speech of the voice's speaker.
    recogniser: transcribes the first `recognised` sentences of every class; its word errors are reported and decide
        nothing.
    """
    score = RobustnessScore([])
    transcribed: Counter[str] = Counter()
    for number, sentence in enumerate(tqdm(sentences, desc="hard sentences", disable=None), 1):
        case = Case(number, sentence.kind, sentence.text, 0.0, [])
        try:
            speech = source(number, sentence.text)
            waveform.write(out / f"{number:04d}.wav", speech.wav, speech.sample_rate)
            densities = aligner.densities(speech.wav, speech.sample_rate)
            case.faults = detect_faults(aligner, densities, speech.tokens)
        except Endless as error:
            case.faults.append(Fault("run on", 0.0, str(error)))
            score.cases.append(case)
            continue
        except UserError as error:
            score.unscored[sentence.text] = str(error)
            continue
        case.seconds = len(speech.wav) / speech.sample_rate
        case.zero_frames, case.spent = speech.zero_frames, speech.spent
        if speech.expected is not None:
            case.faults += _lengths(case.seconds, speech.expected)
        if case.faults and speech.picture is not None:
            first = case.faults[0]
            title = f"{number:04d} {case.kind}: {first.kind} at {first.seconds:.2f} s: {first.what[:60]}"
            speech.picture(out / f"{number:04d}.png", f"{title}\nheard there: {first.heard}", case.faults)
        transcribed[case.kind] += 1
        if recogniser is not None and transcribed[case.kind] <= recognised:
            case.heard = recogniser.transcribe(speech.wav, speech.sample_rate)
        score.cases.append(case)
    judged = [case for case in score.cases if case.heard is not None]
    for kind in [*dict.fromkeys(case.kind for case in judged), "all"] if judged else []:
        own = [case for case in judged if kind in (case.kind, "all")]
        score.word_errors[kind] = word_error_rate([c.text for c in own], [c.heard or "" for c in own])
    write_text(out / "report.html", _page(score, out))
    return score


def _lengths(seconds: float, expected: float) -> list[Fault]:
    if seconds > LONGER * expected + MARGIN:
        return [Fault("run on", expected, f"{seconds:.1f} s where {expected:.1f} s were predicted")]
    if seconds < SHORTER * expected - MARGIN:
        return [Fault("cut short", seconds, f"{seconds:.1f} s where {expected:.1f} s were predicted")]
    return []


def _page(score: RobustnessScore, out: Path) -> str:
    parts = [table(("class", "sentences", "bad", "kinds", "word errors"), score.table())]
    if score.unscored:
        rows = list(score.unscored.items())
        parts += ["<h2>Not spoken, or not judged</h2>", table(("sentence", "reason"), rows)]
    if score.bad:
        parts.append(EXPLAINED)
    for case in score.bad:
        name = f"{case.number:04d}"
        parts.append(f"<h2>{name} {escape(case.kind)}</h2><p dir=auto>{escape(case.text)}</p>")
        faults = [(str(f.kind), f"{f.seconds:.2f}\u00a0s", f.what, f.heard) for f in case.faults]
        parts.append(table(("fault", "at", "what", "heard there"), faults))
        if case.heard is not None:
            parts.append(f"<p>A recogniser heard: {escape(case.heard)}</p>")
        if case.seconds:
            parts.append(f'<audio controls src="{name}.wav"></audio>')
        if (out / f"{name}.png").is_file():
            parts.append(f'<br><img src="{name}.png" alt="{name}">')
    return page(f"{len(score.bad)} bad cases in {len(score.cases)} sentences", parts)
