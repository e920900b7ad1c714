"""`tts-evaluate`: figures of a voice, from judges that had no part in its training."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tts.alignment import Aligner
from tts.commands.cli import command
from tts.data.manifest import PreparedCorpus, Split, Utterance, read_manifest
from tts.data.sentences import read_sentences
from tts.errors import UserError
from tts.evaluation.alignment import AlignmentScore, score_alignment
from tts.evaluation.judges import Recogniser
from tts.evaluation.planted import score_detector
from tts.evaluation.robustness import read_hard_sentences, score_robustness
from tts.evaluation.speech import score_prompts, score_sentences
from tts.evaluation.table import boundary_table
from tts.files import write_text
from tts.schema import parse, plain
from tts.synthesis.voice import Voice

SHOWN = 5
"""Utterances that could not be scored and are named on the terminal; `results.json` has all."""


@dataclass(frozen=True)
class EvaluateConfig:
    """`configs/evaluate.yaml`, resolved."""

    metric: Literal["speech", "alignment", "robustness", "detector"]
    corpus: dict[str, Any]
    voice: str | None = None
    aligner: str | None = None
    out: str = "evaluated"
    sentences: str | None = None
    truth: str | None = None
    splits: tuple[Split, ...] = ("valid", "test")
    threads: int = 1
    path: Literal["hard", "soft"] = "hard"


def evaluate(config: dict[str, Any]) -> None:
    """Score as `config` says; figures go to `results.json` and as a table to the terminal.

    Raises
    ------
    UserError: nothing to score, or a judge is not installed.
    """
    settings = parse(EvaluateConfig, config, "config")
    wanted = {"speech": (True, False), "robustness": (True, True), "detector": (False, True)}.get(settings.metric)
    given = (settings.voice is not None, settings.aligner is not None)
    if wanted is None and sum(given) != 1:
        raise UserError("metric=alignment: give voice=PATH or aligner=PATH, one of them")
    if wanted is not None and given != wanted:
        needed = " and ".join(name for name, need in zip(("voice=PATH", "aligner=PATH"), wanted, strict=True) if need)
        raise UserError(f"metric={settings.metric} needs {needed}, and nothing else")
    voice = Voice.load(settings.voice) if settings.voice is not None else None
    aligner = Aligner.load(Path(settings.aligner).expanduser()) if settings.aligner is not None else None
    out = Path(settings.out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    if voice is not None and aligner is not None:
        results = _robustness(settings, voice, aligner, out)
    elif aligner is not None and settings.metric == "detector":
        results = _detector(aligner, *_held_out(settings, None))
    elif voice is not None and settings.metric == "speech":
        results = _speech(settings, voice, out)
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


def _robustness(settings: EvaluateConfig, voice: Voice, aligner: Aligner, out: Path) -> dict[str, Any]:
    voice.follow(settings.path)
    path = Path(settings.sentences).expanduser() if settings.sentences is not None else None
    score = score_robustness(voice, aligner, read_hard_sentences(path), out)
    print(f"  {'class':14} {'sentences':>9} {'bad':>5}  kinds")
    for kind, count, bad, kinds in score.table():
        print(f"  {kind:14} {count:9} {bad:5}  {kinds}")
    print(f"  {len(score.unscored)} could not be spoken or judged; each bad case: {out / 'report.html'}")
    counts = Counter(str(case.faults[0].kind) for case in score.bad)
    return {"bad_cases": {"total": len(score.bad), **counts}, **plain(score)}


def _detector(aligner: Aligner, corpus: PreparedCorpus, utterances: list[Utterance]) -> dict[str, Any]:
    score = score_detector(aligner, corpus, utterances)
    print(f"{score.recordings} recordings; a fault was found, by what was planted:")
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
        score = score_sentences(voice, lines, recogniser, out)
    else:
        corpus, utterances = _held_out(settings, voice)
        score = score_prompts(voice, corpus, utterances, recogniser, out)
    for who, rate in score.rates.items():
        print(
            f"  {who:10} WER {100 * rate.rate:5.1f} %  ({100 * rate.low:.1f}–{100 * rate.high:.1f} %, "
            f"{rate.errors} errors in {rate.words} words, {len(score.heard)} sentences)"
        )
    return {"rates": plain(score.rates), "heard": score.heard}


def _held_out(settings: EvaluateConfig, voice: Voice | None) -> tuple[PreparedCorpus, list[Utterance]]:
    corpus = read_manifest(settings.corpus["out"])
    utterances = [u for u in corpus.utterances if u.split in settings.splits]
    if voice is not None:
        utterances = [u for u in utterances if u.speaker in voice.info.speakers]
    if not utterances:
        raise UserError(
            f"{corpus.folder}: no utterance of the splits {', '.join(settings.splits)} by a speaker of this voice"
        )
    return corpus, utterances


main = command(evaluate, "evaluate", literal=("voice", "aligner", "out", "sentences", "truth", "corpus.out"))

if __name__ == "__main__":
    main()
