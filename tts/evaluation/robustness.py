"""Bad cases among sentences that attention stumbles over, found on the sound without trusting the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from tqdm import tqdm

from tts.alignment import Aligner
from tts.audio import waveform
from tts.data.sentences import read_sentences
from tts.errors import UserError
from tts.evaluation.faults import Fault, listen
from tts.files import write_text
from tts.html import page, table
from tts.plots import alignment_figure, save_png
from tts.resources import folder
from tts.synthesis.voice import Endless, Speech, Voice

LONGER, SHORTER, MARGIN = 1.6, 0.5, 1.0
"""Speech of so many times its predicted length, give or take so many seconds, ran on or was cut short."""


@dataclass(frozen=True)
class HardSentence:
    kind: str
    """The class of what is hard about it."""
    text: str


@dataclass
class Case:
    """A sentence, and what became of it."""

    number: int
    kind: str
    text: str
    seconds: float
    faults: list[Fault]
    zero_frames: int = 0
    """The model's own count of phones without a frame."""


@dataclass
class RobustnessScore:
    cases: list[Case]
    unscored: dict[str, str] = field(default_factory=dict)
    """Sentences that could not be spoken or judged, and why; neither good nor bad."""

    @property
    def bad(self) -> list[Case]:
        return [case for case in self.cases if case.faults]

    def table(self) -> list[tuple[str, int, int, str]]:
        """Class, sentences, bad cases and their kinds; the last row is of all."""
        rows = []
        for kind in [*dict.fromkeys(case.kind for case in self.cases), "all"]:
            own = [case for case in self.cases if kind in (case.kind, "all")]
            bad = [case for case in own if case.faults]
            kinds = [fault.kind for case in bad for fault in case.faults[:1]]
            counts = ", ".join(f"{name} {kinds.count(name)}" for name in sorted(set(kinds)))
            rows.append((kind, len(own), len(bad), counts))
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


def score_robustness(voice: Voice, aligner: Aligner, sentences: Sequence[HardSentence], out: Path) -> RobustnessScore:
    """Speak every sentence into `out/NNNN.wav`, listen for faults, and write report.html with the bad cases.

    Parameters
    ----------
    aligner: trained separately, on speech of the voice's speaker.
    """
    score = RobustnessScore([])
    for number, sentence in enumerate(tqdm(sentences, desc="hard sentences", disable=None), 1):
        case = Case(number, sentence.kind, sentence.text, 0.0, [])
        try:
            speech = voice.synthesize(sentence.text)
        except Endless as error:
            case.faults.append(Fault("run on", 0.0, str(error)))
            score.cases.append(case)
            continue
        except UserError as error:
            score.unscored[sentence.text] = str(error)
            continue
        waveform.write(out / f"{number:04d}.wav", speech.wav, speech.sample_rate)
        case.seconds = len(speech.wav) / speech.sample_rate
        try:
            case.faults = listen(aligner, speech.wav, speech.sample_rate, speech.tokens)
        except UserError as error:
            score.unscored[sentence.text] = str(error)
            continue
        case.faults += _lengths(case.seconds, voice.expected_seconds(sentence.text))
        spoken = [word >= 0 for word in speech.tokens.word]
        case.zero_frames = sum(s and d == 0 for s, d in zip(spoken, speech.durations.tolist(), strict=True))
        if case.faults:
            _picture(out / f"{number:04d}.png", speech, voice, case)
        score.cases.append(case)
    write_text(out / "report.html", _page(score))
    return score


def _lengths(seconds: float, expected: float) -> list[Fault]:
    if seconds > LONGER * expected + MARGIN:
        return [Fault("run on", expected, f"{seconds:.1f} s where {expected:.1f} s were predicted")]
    if seconds < SHORTER * expected - MARGIN:
        return [Fault("cut short", seconds, f"{seconds:.1f} s where {expected:.1f} s were predicted")]
    return []


def _picture(path: Path, speech: Speech, voice: Voice, case: Case) -> None:
    title = f"{case.number:04d} {case.kind}: {case.faults[0].kind} at {case.faults[0].seconds:.2f} s"
    save_png(alignment_figure(speech.alignment, speech.tokens, speech.mel, voice.config.audio, title), path)


def _page(score: RobustnessScore) -> str:
    parts = [table(("class", "sentences", "bad", "kinds"), score.table())]
    if score.unscored:
        rows = list(score.unscored.items())
        parts += ["<h2>Not spoken, or not judged</h2>", table(("sentence", "reason"), rows)]
    for case in score.bad:
        name = f"{case.number:04d}"
        faults = "; ".join(f"{f.kind} at {f.seconds:.2f} s: {f.what}" for f in case.faults)
        parts.append(f"<h2>{name} {escape(case.kind)}</h2><p>{escape(case.text)}</p><p>{escape(faults)}</p>")
        if case.seconds:
            parts.append(f'<audio controls src="{name}.wav"></audio><br><img src="{name}.png" alt="{name}">')
    return page(f"{len(score.bad)} bad cases in {len(score.cases)} sentences", parts)
