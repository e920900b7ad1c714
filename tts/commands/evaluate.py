"""`tts-evaluate`: figures of a voice, from judges that had no part in its training."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tts.alignment import Aligner, AlignerConfig
from tts.alignment.from_corpus import learn_from_corpus
from tts.commands.cli import command
from tts.corpora.synthetic.sentences import read_sentences
from tts.data.manifest import PreparedCorpus, Split, Utterance, corpus_folder, read_manifest
from tts.errors import UserError
from tts.evaluation.alignment import AlignmentScore, score_alignment
from tts.evaluation.detector import score_detector
from tts.evaluation.judges import Recogniser
from tts.evaluation.phones import PhoneListener, score_recordings, score_voice
from tts.evaluation.robustness import (
    SentenceSource,
    from_recordings,
    from_voice,
    read_hard_sentences,
    score_robustness,
)
from tts.evaluation.speech import score_prompts, score_sentences
from tts.evaluation.table import boundary_table
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import parse, plain
from tts.storage.files import write_text
from tts.storage.ownership import claim
from tts.synthesis.speakers import language_of
from tts.synthesis.voice import Voice
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
from tts.vocoder.choice import VocoderChoice

RECORDINGS_RATE = 22050
"""Hz, to which given recordings are resampled."""
SHOWN = 5
"""Utterances that could not be scored and are named on the terminal; `results.json` has all."""


@dataclass(frozen=True)
class EvaluateConfig:
    """Of `tts-evaluate`."""

    metric: Literal["speech", "phones", "alignment", "robustness", "detector"]
    """What is measured. speech: word error rate of an English speech recogniser on the voice. phones: phone error rate,
    in any language, of a listener that knows the corpus's recordings (where no aligner is given, it is trained on
    them, in OUT/listener). alignment: errors of phone boundaries on held-out recordings. robustness: how many of 500
    hard sentences the voice speaks with words skipped, repeated or cut short, as found by an aligner that knows the
    voice's speaker (where none is given, one is trained on the speaker's recordings in the corpus, in OUT/judge).
    detector: how many inserted faults an aligner finds."""
    corpus: dict[str, Any] = field(metadata=NOT_COMPOSED)
    """A prepared corpus, whose held-out recordings are used."""
    vocoder: VocoderChoice
    """What turns mels into sound."""
    voice: str | None = None
    """Folder of a voice, or of its run."""
    aligner: str | None = None
    """Folder of an aligner, as scripts/align.py leaves it in OUT/aligner."""
    speaker: str | None = None
    """Name of one of the voice's speakers; null for its first; phones: null for the one of each recording."""
    out: str = "evaluated"
    """Folder for results.json and reports."""
    sentences: str | None = None
    """speech: a text file with one sentence a line; null for the corpus's held-out prompts. robustness: the same, or
    with a class and a tab before each; null for the 500 that come with the project."""
    truth: str | None = None
    """alignment: a folder of ID.TextGrid with a tier `phones` to hold the times against; null for the corpus's exact
    times."""
    splits: tuple[Split, ...] = ("valid", "test")
    """Splits of the corpus that are used; those given by default are held out from training."""
    threads: int = 1
    """CPU threads of the speech recogniser."""
    path: Literal["hard", "soft"] = "hard"
    """How an autoregressive voice goes through the text. hard: on one token at a time; soft: along the expected
    position, as in training."""
    recordings: str | None = None
    """robustness: instead of a voice, a folder with 0001.wav, 0002.wav, …, the sentences as another system speaks
    them."""
    recognise: int = 0
    """robustness: number of sentences of every class of which the report also has what a speech recogniser hears."""

    def __post_init__(self) -> None:
        given = tuple(name for name in ("voice", "recordings", "aligner") if getattr(self, name) is not None)
        if given not in NEEDED[self.metric]:
            ways = [" with ".join(f"{name}=PATH" for name in names) for names in NEEDED[self.metric]]
            ways = [way if "with" in way else f"{way} alone" for way in ways]
            raise ValueError(
                f"metric={self.metric} needs {', or '.join(ways)}; given: {', '.join(given) or 'none of these'}"
            )


def read_config(config: dict[str, Any]) -> EvaluateConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(EvaluateConfig, config, "")


def evaluate(config: dict[str, Any]) -> None:
    """Score as `config` says; figures go to `results.json` and as a table to the terminal.

    Raises
    ------
    UserError: nothing to score, or a judge is not installed.
    """
    settings = read_config(config)
    voice = None
    if settings.voice is not None:
        voice = Voice.load(settings.voice, settings.vocoder)
        voice.follow(settings.path)
    aligner = Aligner.load(Path(settings.aligner).expanduser()) if settings.aligner is not None else None
    out = Path(settings.out).expanduser()
    claim(out, "evaluation", "out", recognised=_holds_figures)
    if settings.metric == "robustness":
        judge = _judge(settings, voice, aligner, out)
        results = _robustness(settings, _source(settings, voice), judge, out)
    elif settings.metric == "detector" and aligner is not None:
        results = _detector(aligner, *_held_out(settings, None))
    elif settings.metric == "speech" and voice is not None:
        results = _speech(settings, voice, out)
    elif settings.metric == "phones" and voice is not None:
        results = _phones(settings, voice, aligner, out)
    else:
        corpus, utterances = _held_out(settings, voice)
        scored = voice or aligner
        assert scored is not None
        truth = Path(settings.truth).expanduser() if settings.truth is not None else None
        score = score_alignment(scored, corpus, utterances, truth)
        results = plain(score)
        _print_alignment(score, len(utterances))
    write_text(out / "results.json", json.dumps(results, indent=1, ensure_ascii=False))
    print(f"figures: {out / 'results.json'}")


NEEDED: dict[str, list[tuple[str, ...]]] = {
    "speech": [("voice",)],
    "phones": [("voice",), ("voice", "aligner")],
    "alignment": [("voice",), ("aligner",)],
    "robustness": [("voice",), ("voice", "aligner"), ("recordings", "aligner")],
    "detector": [("aligner",)],
}
"""What each metric needs: one of these."""


KEYS: tuple[set[str], ...] = (
    {"rates", "heard"}, {"phones"}, {"against", "summary"}, {"bad_cases", "cases"}, {"recordings", "found"},
)  # fmt: skip
"""Keys of results.json, by metric."""


def _source(settings: EvaluateConfig, voice: Voice | None) -> SentenceSource:
    if voice is None:
        assert settings.recordings is not None
        text = TextConfig(language=settings.corpus.get("language") or TextConfig().language)
        return from_recordings(Path(settings.recordings).expanduser(), RECORDINGS_RATE, TextFrontEnd(text))
    return from_voice(voice, settings.speaker)


def _judge(settings: EvaluateConfig, voice: Voice | None, aligner: Aligner | None, out: Path) -> Aligner:
    """The aligner that was given, if it knows this voice's speaker, or one trained on the speaker's recordings."""
    speaker = settings.speaker if voice is None else voice.info.speakers[voice.speaker_index(settings.speaker)]
    if aligner is None:
        assert speaker is not None
        corpus = read_manifest(corpus_folder(settings.corpus))
        chosen = [u for u in corpus.utterances if u.speaker == speaker]
        if not chosen:
            raise UserError(
                f"{corpus.folder}: holds no speech of {speaker}; the judge is trained on the voice's own recordings: "
                "choose a corpus that it was trained on with corpus=NAME, or another of its speakers with speaker=NAME"
            )
        return learn_from_corpus(corpus, chosen, AlignerConfig(), out / "judge")[0]
    if speaker is None:
        return aligner
    if not aligner.speakers:
        print(
            f"warning: {settings.aligner} does not say which speakers it was trained on; one that does not know "
            f"{speaker} finds faults where there are none",
            file=sys.stderr,
        )
    elif speaker not in aligner.speakers:
        known = ", ".join(sorted(aligner.speakers)[:SHOWN])
        raise UserError(
            f"aligner={settings.aligner}: trained on {known}, not on {speaker}, and would find faults where there are "
            "none: leave aligner out and give corpus=NAME that the voice was trained on, and one is trained on that"
        )
    return aligner


def _holds_figures(folder: Path) -> bool:
    """Whether results.json in a folder is of a version that left no marks."""
    try:
        content = json.loads((folder / "results.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and any(keys.issubset(content) for keys in KEYS)


def _robustness(settings: EvaluateConfig, source: SentenceSource, aligner: Aligner, out: Path) -> dict[str, Any]:
    path = Path(settings.sentences).expanduser() if settings.sentences is not None else None
    recogniser = Recogniser(settings.threads) if settings.recognise else None
    score = score_robustness(source, aligner, read_hard_sentences(path), out, recogniser, settings.recognise)
    print(f"  {'class':14} {'sentences':>9} {'bad':>5}  {'word errors':>11}  kinds")
    for kind, count, bad, kinds, errors in score.table():
        print(f"  {kind:14} {count:9} {bad:5}  {errors:>11}  {kinds}")
    print(f"  {len(score.unscored)} could not be spoken or judged; each bad case: {out / 'report.html'}")
    counts = Counter(str(case.faults[0].kind) for case in score.bad)
    return {"bad_cases": {"total": len(score.bad), **counts}, **plain(score)}


def _detector(aligner: Aligner, corpus: PreparedCorpus, utterances: list[Utterance]) -> dict[str, Any]:
    score = score_detector(aligner, corpus, utterances)
    print(f"{score.recordings} recordings; a fault was found, by what was inserted:")
    for name, share in score.found.items():
        print(f"  {name:10} {100 * share:5.1f} %")
    return dict(plain(score))


def _print_alignment(score: AlignmentScore, count: int) -> None:
    print(f"{count} recordings, against {score.against}; {len(score.unscored)} could not be scored")
    for name, reason in list(score.unscored.items())[:SHOWN]:
        print(f"  {name}: {reason}")
    print(boundary_table({"all": score.summary} | score.classes))
    for name, value in score.path.items():
        print(f"  {name:14} {value:.4f}")


def _speech(settings: EvaluateConfig, voice: Voice, out: Path) -> dict[str, Any]:
    recogniser = Recogniser(settings.threads)
    if settings.sentences is not None:
        lines = read_sentences(Path(settings.sentences).expanduser())
        score = score_sentences(voice, lines, recogniser, out, settings.speaker)
    else:
        corpus, utterances = _held_out(settings, voice)
        score = score_prompts(voice, corpus, utterances, recogniser, out)
    for source, rate in score.rates.items():
        print(
            f"  {source:10} WER {100 * rate.rate:5.1f} %  ({100 * rate.low:.1f}–{100 * rate.high:.1f} %, "
            f"{rate.errors} errors in {rate.words} words, {len(score.heard)} sentences)"
        )
    for text in score.endless:
        print(f"  not finished, and counts as silent: {text}")
    return plain(score)


def _phones(settings: EvaluateConfig, voice: Voice, aligner: Aligner | None, out: Path) -> dict[str, Any]:
    corpus = read_manifest(corpus_folder(settings.corpus))
    utterances = [u for u in corpus.utterances if u.split in settings.splits]
    if settings.speaker is None:
        utterances = [u for u in utterances if u.speaker in voice.info.speakers]
    if not utterances:
        raise UserError(
            f"{corpus.folder}: no utterance of the splits {', '.join(settings.splits)} by a speaker of this voice; say "
            "with speaker=NAME who is to speak"
        )
    language_of(voice.info, corpus.info.text["language"])  # before the minutes that a listener takes
    voice.speaker_index(settings.speaker)
    if aligner is None:
        aligner = learn_from_corpus(corpus, corpus.split("train"), AlignerConfig(), out / "listener")[0]
    listener = PhoneListener(aligner)
    errors = score_recordings(voice, corpus, utterances, listener)
    errors["voice"] = score_voice(voice, corpus, utterances, listener, out, settings.speaker)
    for source, counted in errors.items():
        print(f"  {source:10} phone errors {100 * counted.rate:5.1f} %  ({counted.errors} in {counted.phones})")
    return {"phones": {source: plain(counted) | {"rate": counted.rate} for source, counted in errors.items()}}


def _held_out(settings: EvaluateConfig, voice: Voice | None) -> tuple[PreparedCorpus, list[Utterance]]:
    corpus = read_manifest(corpus_folder(settings.corpus))
    utterances = [u for u in corpus.utterances if u.split in settings.splits]
    if voice is not None:
        utterances = [u for u in utterances if u.speaker in voice.info.speakers]
    if settings.speaker is not None:
        utterances = [u for u in utterances if u.speaker == settings.speaker]
    if not utterances:
        who = f"by {settings.speaker}" if settings.speaker is not None else "by a speaker of this voice"
        raise UserError(f"{corpus.folder}: no utterance of the splits {', '.join(settings.splits)} {who}")
    return corpus, utterances


PATHS = ("voice", "aligner", "recordings", "out", "sentences", "truth", "corpus.out", "vocoder.path")

main = command(evaluate, "evaluate", check=read_config, literal=PATHS, prepared=True)

if __name__ == "__main__":
    main()
