"""What wrong transcripts cost a voice, and what `ranking=` gives back.

Of a prepared corpus a tenth of the training texts change places, each with one of about its length. An aligner is
trained on that and ranks all utterances, as `tts-align` does; the figures are how many of the swapped ones training
would then draw never, or less often, and how many of the others. With `train=yes` three voices follow, by the same
recipe and seed: from the right texts, from the swapped ones, and from those with `ranking=`; the word errors of a
recogniser on what they say are the second table (extra `judges`).

`corpus=PATH` (data/allison), `share=0.1`, `seed=0`, `train=no`, `experiment=little_speech`,
`sentences=data/sentences/fresh.txt`; other keys go to `scripts/train.py`. `out=DIR` (runs/swapped) keeps all.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tts.alignment import AlignerConfig
from tts.alignment.export import write_ranking
from tts.alignment.from_corpus import learn_from_corpus
from tts.alignment.hmm.threads import in_threads
from tts.alignment.ranking import rank, read_shares
from tts.alignment.timing import Alignment
from tts.audio import waveform
from tts.corpora.synthetic.sentences import read_sentences
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest, write_manifest
from tts.errors import UserError
from tts.evaluation.judges import Recogniser, word_error_rate
from tts.reporting.progress import shown
from tts.storage.files import write_text
from tts.synthesis.voice import Voice

DEFAULTS = {
    "corpus": "data/allison", "share": "0.1", "seed": "0", "train": "no", "experiment": "little_speech",
    "sentences": "data/sentences/fresh.txt",
}  # fmt: skip
SHORTEST = 1.0
"""Seconds of an utterance whose text is swapped: in shorter ones two texts may be alike."""
TRAIN = Path(__file__).parents[1] / "train.py"


def main(arguments: list[str], out: Path | None) -> None:
    pairs = [argument.partition("=")[::2] for argument in arguments]
    settings = DEFAULTS | {key: value for key, value in pairs if key in DEFAULTS}
    overrides = [argument for argument in arguments if argument.partition("=")[0] not in DEFAULTS]
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
        texts = read_sentences(Path(settings["sentences"]).expanduser())
        for name, folder, more in (
            ("right texts", corpus.folder, []),
            ("swapped", out / "corpus", []),
            ("swapped, ranked", out / "corpus", [f"ranking={ranking}"]),
        ):
            run = out / name.replace(", ", "_").replace(" ", "_")
            row = _voice(run, folder, settings, [*more, *overrides], texts, corpus.utterances[0].speaker)
            results["voices"][name] = row
            print(f"  {name:16} word errors {row:.1f} %", flush=True)
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


def _voice(
    run: Path, folder: Path, settings: dict[str, str], overrides: list[str], texts: list[str], speaker: str
) -> float:
    """Word errors of the voice, in per cent."""
    shutil.rmtree(run, ignore_errors=True)
    chosen = [f"experiment={settings['experiment']}", f"seed={settings['seed']}", f"run_dir={run}"]
    chosen += [f"corpus.parts.voice.out={folder}", *overrides]
    done = subprocess.run([sys.executable, str(TRAIN), *chosen], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"{TRAIN} {' '.join(chosen)}: {done.stderr.strip().splitlines()[-1]}")
    voice, recogniser = Voice.load(run), Recogniser()
    spoken = [voice.synthesize(text, speaker=speaker) for text in texts]
    heard = [recogniser.transcribe(speech.wav, speech.sample_rate) for speech in spoken]
    return 100 * word_error_rate(texts, heard).rate
