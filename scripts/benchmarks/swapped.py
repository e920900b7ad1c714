"""What wrong transcripts cost a voice, and what `ranking=` gives back.

Of a prepared corpus a tenth of the training texts change places, each with one of about its length. An aligner is
trained on that and ranks all utterances, as `tts-align` does; the figures are how many of the swapped ones training
would then draw never, or less often, and how many of the others. With `train=yes` three voices follow, by the same
recipe and seed: from the right texts, from the swapped ones, and from those with `ranking=`; what the judges of
`benchmark=small_data` say of them comes after.

`corpus=PATH` (data/allison), `share=0.1`, `seed=0`, `train=no`, `experiment=little_speech`, `sentences=FILE,FILE`
(data/sentences/fresh.txt); other keys go to `scripts/train.py`. `out=DIR` (runs/swapped) keeps all.
"""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.arguments import settings_and_overrides
from benchmarks.judging import Judges, show, train_voice
from tts.alignment import AlignerConfig
from tts.alignment.export import write_ranking
from tts.alignment.from_corpus import learn_from_corpus
from tts.alignment.hmm.threads import in_threads
from tts.alignment.ranking import rank, read_shares
from tts.alignment.timing import Alignment
from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest, write_manifest
from tts.errors import UserError
from tts.reporting.progress import shown
from tts.storage.files import write_text
from tts.synthesis.voice import Voice

DEFAULTS = {
    "corpus": "data/allison", "share": "0.1", "seed": "0", "train": "no", "experiment": "little_speech",
    "sentences": "data/sentences/fresh.txt",
}  # fmt: skip
SHORTEST = 1.0
"""Seconds of an utterance whose text is swapped: in shorter ones two texts may be alike."""


def main(arguments: list[str], out: Path | None) -> None:
    settings, overrides = settings_and_overrides(arguments, DEFAULTS)
    out = out or Path("runs/swapped")
    out.mkdir(parents=True, exist_ok=True)
    corpus = read_manifest(Path(settings["corpus"]).expanduser())
    wrong = swap(corpus, float(settings["share"]), int(settings["seed"]), out / "corpus")
    swapped = read_manifest(out / "corpus")
    ranking = rank_corpus(swapped, out)
    shares = read_shares(ranking)
    results: dict[str, Any] = {"ranking": _figures(swapped, shares, wrong)}
    for name, row in results["ranking"].items():
        print(f"  {name:10} " + "  ".join(f"{key} {value}" for key, value in row.items()))
    if settings["train"] == "yes":
        results["voices"] = {}
        judges = Judges(corpus, [Path(path).expanduser() for path in settings["sentences"].split(",")])
        for name, folder, more in (
            ("right texts", corpus.folder, []),
            ("swapped", out / "corpus", []),
            ("swapped, ranked", out / "corpus", [f"ranking={ranking}"]),
        ):
            run = out / name.replace(", ", "_").replace(" ", "_")
            train_voice(run, folder, settings["experiment"], int(settings["seed"]), [*more, *overrides])
            row = judges.score(Voice.load(run), corpus.utterances[0].speaker)
            results["voices"][name] = row
            show(name, row)
    write_text(out / "results.json", json.dumps(results, indent=1))


def swap(corpus: PreparedCorpus, share: float, seed: int, folder: Path) -> set[str]:
    """Write a prepared corpus in which a share of the training texts change places; the ids that have a wrong one."""
    usable = [u for u in corpus.split("train") if u.seconds >= SHORTEST]
    chosen = sorted(random.Random(seed).sample(usable, round(share * len(usable))), key=lambda u: u.seconds)
    if len(chosen) < 2:
        raise UserError(f"{corpus.folder}: too few utterances to swap texts of; give a larger share=")
    taken = {u.id: _with_text(u, other) for u, other in zip(chosen, chosen[1:] + chosen[:1], strict=True)}
    if not (folder / "manifest.jsonl").is_file():
        shutil.copytree(corpus.folder / "audio", folder / "audio", dirs_exist_ok=True)
    write_manifest(folder, corpus.info, [taken.get(u.id, u) for u in corpus.utterances])
    return {u.id for u in chosen if taken[u.id].text != u.text}


def _with_text(utterance: Utterance, other: Utterance) -> Utterance:
    return replace(
        utterance, text=other.text, symbols=other.symbols, stress=other.stress, word=other.word, words=other.words,
        language=other.language,
    )  # fmt: skip


def rank_corpus(corpus: PreparedCorpus, out: Path) -> Path:
    """`ranking.tsv` of the training split, by an aligner that learnt from it."""
    chosen = corpus.split("train")
    aligner, _ = learn_from_corpus(corpus, chosen, AlignerConfig(), out / "aligner")
    rate = corpus.info.sample_rate

    def aligned(utterance: Utterance) -> tuple[Utterance, Alignment] | None:
        try:
            wav = waveform.read(corpus.audio_path(utterance), rate)
            return utterance, aligner.align(wav, rate, utterance.tokens, utterance.id)
        except UserError:  # too short for its text: what training cannot learn from either
            return None

    found = [pair for pair in shown(in_threads(aligned, chosen), len(chosen), "aligning") if pair is not None]
    write_ranking(out, rank([u for u, _ in found], {u.id: alignment for u, alignment in found}))
    return out / "ranking.tsv"


def _figures(corpus: PreparedCorpus, shares: dict[str, float], wrong: set[str]) -> dict[str, dict[str, Any]]:
    ids = [u.id for u in corpus.split("train") if u.id in shares]
    groups = {"swapped": [id for id in ids if id in wrong], "others": [id for id in ids if id not in wrong]}
    return {
        name: {
            "utterances": len(own),
            "never drawn, %": round(100 * sum(shares[id] == 0 for id in own) / max(1, len(own)), 1),
            "drawn less often, %": round(100 * sum(0 < shares[id] < 1 for id in own) / max(1, len(own)), 1),
            "mean share": round(sum(shares[id] for id in own) / max(1, len(own)), 3),
        }
        for name, own in groups.items()
    }
