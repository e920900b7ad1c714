"""How much of a long recording `tts-import` finds, how well it writes it down, and where it cuts.

Prompts of a prepared corpus are joined with silences, and with tones and noise between some of them; then the recording
is imported four times: without any text; with a text that lacks every tenth prompt and has every tenth paragraph that
nobody read; with one that lacks the first or last words of every fourth prompt, one to four; and with one in which
every third prompt has another word within, one more or one less. Takes `corpus=FOLDER` (a prepared corpus,
data/allison), `minutes=10`, `seed=0`, and keys of `tts-import`, such as `whisper=small`.

- found: share of the prompts' speech that is in a piece that was kept, and share of those pieces that is no speech;
- word errors: of the pieces' texts, where all of a prompt is in pieces;
- edges: how far a piece begins or ends from the nearest begin or end of a prompt's speech, and how many of them cut
  into speech;
- words that the text lacks: how many pieces of the third import hold some of them;
- other words: how many of the changed prompts of the fourth are in a piece, and of the others, also where nothing that
  was heard otherwise is checked (`keep.most_contradiction=inf`);
- planted errors: of the pieces without text, a word more, less or another, or three, with the misfit that follows and
  how many would be left out.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.long_recording import Prompt, long_recording
from tts.commands.import_audio import import_audio
from tts.corpora.imported import MANIFEST
from tts.data.manifest import Utterance, read_manifest
from tts.errors import UserError
from tts.evaluation.judges import word_error_rate
from tts.importing.config import ChoiceConfig
from tts.importing.fit import Clip, fits
from tts.importing.folder import wav_path
from tts.preparation.pauses import Span
from tts.storage.files import write_text

SHORTEST = 2.0
"""Seconds of a prompt: shorter ones are words rather than sentences."""
EVERY = 10
"""One in so many prompts is missing from the text, and as many paragraphs are in it alone."""
EVERY_LACKING, INSIDE = 4, 0.1
"""One in so many prompts of the third import lacks words; seconds from its edge at which one of them is said."""
EVERY_OTHER = 3
"""Likewise has another word, in the fourth."""
PLANTED = (
    ("none", 0, 0), ("a word more", 0, 1), ("a word less", 1, 0), ("another word", 1, 1), ("three words more", 0, 3),
    ("three words less", 3, 0),
)  # fmt: skip
"""Names of errors, and how many words are omitted and added."""
DEEP = 0.03
"""Seconds within speech beyond which an edge cuts into it."""


def main(arguments: Sequence[str], out: Path | None) -> None:
    given = dict(argument.partition("=")[::2] for argument in arguments)
    corpus = read_manifest(Path(given.pop("corpus", "data/allison")).expanduser())
    minutes, seed = float(given.pop("minutes", "10")), int(given.pop("seed", "0"))
    out = out or Path("runs/importing")
    out.mkdir(parents=True, exist_ok=True)
    chosen = [u for u in corpus.utterances if u.seconds >= SHORTEST and u.text[-1:] in ".!?"]
    if len(chosen) < 2 * EVERY:
        raise UserError(f"{corpus.folder}: too few prompts of {SHORTEST:g} s or more")
    prompts, unread = long_recording(corpus, chosen, minutes, seed, out / "long.flac")
    results: dict[str, Any] = {}
    for name, text in (("without text", None), ("with text", _text(prompts, unread))):
        began = time.process_time()
        settings: dict[str, Any] = {"audio": str(out / "long.flac"), "out": str(out / name.replace(" ", "_"))}
        settings |= given | {"language": corpus.info.language}
        if text is not None:
            write_text(out / "text.txt", text)
            settings["text"] = str(out / "text.txt")
        import_audio(settings)
        pieces = _kept(Path(settings["out"]))
        in_text = [i for i in range(len(prompts)) if text is None or i % EVERY]
        results[name] = _figures(prompts, pieces, in_text)
        results[name]["CPU-s per minute"] = round((time.process_time() - began) / minutes, 2)
    names = list(results["without text"])
    print(f"\n{len(prompts)} prompts in {minutes:g} min")
    print(f"  {'':44} " + "".join(f"{name:>14}" for name in results))
    for figure in names:
        print(f"  {figure:44} " + "".join(f"{results[name][figure]:14}" for name in results))
    lacking, places = _lacking_words(prompts)
    write_text(out / "lacking.txt", lacking)
    settings = {"audio": str(out / "long.flac"), "out": str(out / "lacking_words"), "text": str(out / "lacking.txt")}
    import_audio(settings | given | {"language": corpus.info.language})
    inside = [Span(p["start"], p["end"]) for p in _kept(out / "lacking_words")]
    wrong = sum(any(span.start < place < span.end for place in places) for span in inside)
    results["lacking words"] = {"places": len(places), "pieces": len(inside), "pieces with them": wrong}
    print(f"\n  {len(places)} places where the text lacks words, {wrong} of {len(inside)} pieces with them")
    other, changed = _other_words(prompts, seed)
    write_text(out / "other.txt", other)
    settings = {"audio": str(out / "long.flac"), "out": str(out / "other_words"), "text": str(out / "other.txt")}
    settings |= given | {"language": corpus.info.language}
    right = set(range(len(prompts))) - changed
    for name, keep in (("other words, unchecked", {"keep": {"most_contradiction": math.inf}}), ("other words", {})):
        import_audio(settings | keep)
        inside = [Span(p["start"], p["end"]) for p in _kept(out / "other_words")]
        kept = {i for i, p in enumerate(prompts) if _overlap(p.spans, inside) > sum(s.seconds for s in p.spans) / 2}
        results[name] = {"changed": len(changed), "kept": len(kept & changed)}
        results[name] |= {"right": len(right), "right kept": len(kept & right)}
        print(f"\n  {name}: {results[name]}")
    results["planted"] = planted(out / "without_text", corpus.info.language, seed)
    print(f"\n  {'planted error':16} {'misfit (5 to 95 %)':>22} {'left out, %':>12}")
    for name, row in results["planted"].items():
        print(f"  {name:16} {row['misfit']:>22} {row['left out, %']:12}")
    write_text(out / "results.json", json.dumps(results, indent=1))


def _text(prompts: Sequence[Prompt], unread: Sequence[Utterance]) -> str:
    """Of the recording, without what is only in the sound, and with what is only in the text."""
    more = iter(unread)
    lines: list[str] = []
    for i, prompt in enumerate(prompts):
        if i % EVERY:
            lines.append(prompt.text)
        if i % EVERY == EVERY // 2:
            lines += [u.text for u, _ in zip(more, range(2), strict=False)]
    return "\n\n".join(lines)


def _lacking_words(prompts: Sequence[Prompt]) -> tuple[str, list[float]]:
    """Of the recording, without the first or the last words of some prompts; and when in it words of those are said."""
    lines, places = [], []
    for i, prompt in enumerate(prompts):
        number, rest = divmod(i, EVERY_LACKING)
        own, lacking = prompt.text.split(), 1 + number % 4
        if not rest and len(own) > 2 * lacking:
            first = (number + number // 4) % 2
            own = own[lacking:] if first else own[:-lacking]
            places.append(prompt.start + INSIDE if first else prompt.end - INSIDE)
        lines.append(" ".join(own))
    return "\n\n".join(lines), places


def _other_words(prompts: Sequence[Prompt], seed: int) -> tuple[str, set[int]]:
    """Of the recording, with another word within every third prompt, one more, or one less; and which prompts these
    are."""
    rng = random.Random(seed)
    words = [word for prompt in prompts for word in prompt.text.split()]
    lines, changed = [], set[int]()
    for i, prompt in enumerate(prompts):
        own = prompt.text.split()
        if not i % EVERY_OTHER and len(own) > 3:
            at, (omitted, added) = rng.randrange(1, len(own) - 1), ((1, 1), (0, 1), (1, 0))[len(changed) % 3]
            own[at : at + omitted] = rng.sample(words, added)
            if own != prompt.text.split():
                changed.add(i)
        lines.append(" ".join(own))
    return "\n\n".join(lines), changed


def _kept(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / MANIFEST).read_text("utf-8").splitlines()
    return [piece for piece in map(json.loads, lines) if not piece["left_out"]]


def _figures(prompts: Sequence[Prompt], pieces: Sequence[dict[str, Any]], in_text: Sequence[int]) -> dict[str, Any]:
    spans = [span for i in in_text for span in prompts[i].spans]
    inside = [Span(p["start"], p["end"]) for p in pieces]
    found = _overlap(spans, inside)
    speech = sum(s.seconds for s in spans)
    every = [span for prompt in prompts for span in prompt.spans]
    lacking = [span for i, prompt in enumerate(prompts) if i not in in_text for span in prompt.spans]
    whole = [Span(prompt.start, prompt.end) for prompt in prompts]
    edges = [t for span in inside for t in span]
    true = np.array([t for span in whole for t in span])
    errors = np.array([np.abs(true - t).min() for t in edges])
    deep = [any(span.start + DEEP < t < span.end - DEEP for span in every) for t in edges]
    references, hypotheses = _islands(prompts, pieces)
    rate = word_error_rate(references, hypotheses)
    texts = [word_error_rate([a], [b]).errors for a, b in zip(references, hypotheses, strict=True)]
    return {
        "speech found, %": round(100 * found / speech, 1),
        "no speech within pieces, %": round(100 - 100 * _overlap(whole, inside) / sum(s.seconds for s in inside), 1),
        "seconds in pieces that the text lacks": round(_overlap(lacking, inside), 1),
        "word errors, %": round(100 * rate.rate, 2),
        "words that this is measured on": rate.words,
        "texts without an error, %": round(100 * sum(not n for n in texts) / len(texts), 1),
        "pieces": len(pieces),
        "seconds of a piece, median": round(float(np.median([s.seconds for s in inside])), 2),
        "edge to nearest end of a prompt, median ms": round(1000 * float(np.median(errors))),
        "edges within 0.2 s of one, %": round(100 * float((errors < 0.2).mean()), 1),
        "edges that cut into speech, %": round(100 * sum(deep) / len(deep), 2),
    }


def _islands(prompts: Sequence[Prompt], pieces: Sequence[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Texts of the prompts and of the pieces, wherever the same prompts are wholly in the same pieces."""
    references, hypotheses = [], []
    i = j = 0
    while i < len(prompts):
        while j < len(pieces) and pieces[j]["end"] <= prompts[i].start + 0.05:
            j += 1
        said, heard, first = [prompts[i]], list[dict[str, Any]](), j
        i += 1
        while j < len(pieces) and pieces[j]["start"] < said[-1].end - 0.05:
            heard.append(pieces[j])
            j += 1
            while i < len(prompts) and prompts[i].start < heard[-1]["end"] - 0.05:
                said.append(prompts[i])
                i += 1
        inside = [Span(p["start"], p["end"]) for p in pieces[first:j]]
        spans = [span for prompt in said for span in prompt.spans]
        if heard and _overlap(spans, inside) > sum(s.seconds for s in spans) - 0.2:
            references.append(" ".join(prompt.text for prompt in said))
            hypotheses.append(" ".join(piece["text"] for piece in heard))
    return references, hypotheses


def planted(folder: Path, language: str, seed: int) -> dict[str, dict[str, Any]]:
    """What the misfits of an import say of errors in the texts of its pieces, by the aligner that it trained."""
    rng, choice = random.Random(seed), ChoiceConfig()
    clips = [
        Clip(str(piece["id"]), wav_path(folder, str(piece["id"])), piece["end"] - piece["start"], str(piece["text"]))
        for piece in map(json.loads, (folder / MANIFEST).read_text("utf-8").splitlines())
    ]
    words = [word for clip in clips for word in clip.text.split()]
    found = {}
    for name, omitted, added in PLANTED:
        changed = []
        for clip in clips:
            own = clip.text.split()
            at = rng.randrange(max(1, len(own) - omitted))
            own[at : at + omitted] = rng.sample(words, added)
            changed.append(replace(clip, text=" ".join(own) or "a"))
        made = [fit for fit in fits(changed, folder / "aligner", language, folder).values() if not fit.problem]
        misfits = np.quantile([fit.misfit for fit in made], [0.5, 0.05, 0.95])
        out = [fit.misfit > choice.most_misfit or fit.worst_misfit > choice.most_word_misfit for fit in made]
        found[name] = {
            "misfit": "{:.2f} ({:.2f} to {:.2f})".format(*misfits),
            "left out, %": round(100 * sum(out) / len(out)),
        }
    return found


def _overlap(spans: Sequence[Span], others: Sequence[Span]) -> float:
    """Seconds of the former that are in the latter."""
    return sum(max(0.0, min(a.end, b.end) - max(a.start, b.start)) for a in spans for b in others)
