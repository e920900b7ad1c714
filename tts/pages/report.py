"""`report.html` of a prepared corpus: one file for any browser, with the recordings beside it; nothing in it runs.

The same parts make up the page of `tts-review`, where texts can be changed.
"""

from __future__ import annotations

import base64
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.inspection.coverage import ENOUGH
from tts.inspection.inspection import Inspection
from tts.inspection.suspicious import Suspect
from tts.pages.charts import bars, histogram, short
from tts.pages.document import attributes, document, written_in
from tts.pages.pictures import mel_png
from tts.preparation.corrections import Correction
from tts.reporting.html import table
from tts.storage.files import write_text

SHOWN, FEWEST = 30, 6
"""Utterances with picture and sound: at most, and also where nothing is unusual."""
ALIGNED = "First those that fit their text least, as an aligner ranked them."
MEASURED = (
    "First those that differ most from the others of their speaker in length for their text, level, noise or pitch. "
    "An aligner finds wrong texts better: <code>tts-align</code>, then <code>tts-review timings=FOLDER</code>."
)
LISTED = 20
"""Of a list of anything else: speakers, duplicates, reasons."""
REJECTED_READ = 100_000
"""Lines of rejected.tsv that are counted."""


@dataclass(frozen=True)
class Media:
    """Addresses of what belongs to an utterance."""

    sound: str
    picture: str | None
    """None where there is none, as its sound cannot be read."""


def write_report(inspection: Inspection) -> Path:
    """Write `report.html` into the corpus's folder; its path."""
    corpus = inspection.corpus
    unusual = sum(bool(s.reasons) for s in inspection.suspects)
    shown = inspection.suspects[: max(FEWEST, min(SHOWN, unusual))]
    cards = [card(s, inspection, None, _in_file(corpus, s.utterance), False) for s in shown]
    command = f"<code>tts-review {escape(shlex.quote(f'corpus={corpus.folder}'))}</code>"
    parts = [
        *overview(inspection),
        "<h2 id=suspicious>To look at first</h2>",
        f"<p>{ALIGNED if inspection.aligned else MEASURED}</p>",
        f"<p class=soft>To change texts, or to leave utterances out: {command}</p>",
        *cards,
        *details(inspection),
    ]
    path = corpus.folder / "report.html"
    write_text(path, document(f"{corpus.info.name}: what was prepared", parts))
    return path


def overview(inspection: Inspection) -> list[str]:
    """The heading, and the figures that matter most."""
    corpus = inspection.corpus
    seconds = sum(u.seconds for u in corpus.utterances)
    hours = f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.1f} min"
    figures = {
        "utterances": str(len(corpus.utterances)),
        "of speech": hours,
        "speakers" if len({u.speaker for u in corpus.utterances}) != 1 else "speaker": str(
            len({u.speaker for u in corpus.utterances})
        ),
        "to look at": str(sum(bool(s.reasons) for s in inspection.suspects)),
        "recordings left out": str(sum(rejected(corpus.folder).values())),
    }
    shown = "".join(f"<li><b>{escape(value)}</b>{escape(name)}" for name, value in figures.items())
    info = corpus.info
    part = (
        f"<p class=notice>{inspection.measured:,} of {len(corpus.utterances):,} utterances were measured, chosen by "
        "chance: distributions, what to look at, and the same sound twice are of these. All are measured with "
        "<code>tts-review measured=0</code>.</p>"
    )
    return [
        f"<h1>{escape(info.name)}</h1>",
        f"<p class=soft>{escape(info.language)}, {info.sample_rate} Hz. Licence: {escape(info.licence)}. "
        f"Credits: {escape(info.credits)}.</p>",
        f"<ul class=figures>{shown}</ul>",
        *([part] if inspection.measured < len(corpus.utterances) else []),
    ]


def details(inspection: Inspection) -> list[str]:
    """Distributions, speakers, phones, duplicates, and what was left out."""
    corpus = inspection.corpus
    return [
        "<h2>Distributions</h2>",
        f"<div class=grid>{''.join(_histograms(inspection))}</div>",
        "<h2>Speakers</h2>",
        _speakers(corpus.utterances),
        *_phones(inspection),
        *_duplicates(inspection),
        *_left_out(corpus.folder),
    ]


def card(suspect: Suspect, inspection: Inspection, correction: Correction | None, media: Media, editable: bool) -> str:
    """An utterance with its picture, sound and text."""
    u = suspect.utterance
    measured = inspection.measures.get(u.id)
    text = correction.text if correction is not None and correction.text else u.text
    verdict = correction.verdict if correction is not None else ""
    spoken = written_in(inspection.corpus.info.language)
    facts = [f"{u.seconds:.2f} s", u.split]
    if measured is not None:
        rate = inspection.rate(u)
        facts += [f"{rate:.1f} phones/s"] if rate is not None else []
        facts += [f"{short(round(measured.level))} dB, noise {short(round(measured.noise))} dB"]
    facts = [*([u.speaker] if u.speaker != inspection.corpus.info.name else []), *facts]
    original = correction.was if correction is not None else u.text
    opened = attributes(
        {"data-id": u.id, "data-verdict": verdict, "tabindex": "-1"} if editable else {"data-verdict": verdict}
    )
    opened += attributes({"data-original": original}) if editable else ""
    lines = [
        f'<article{opened} aria-label="{escape(u.id)}">',
        f"<header><h3>{escape(u.id)}</h3><span class=soft>{escape(' · '.join(facts))}</span>"
        f"<span class=verdict role=status>{escape(verdict)}</span></header>",
        f"<p class=reasons>{escape(', '.join(suspect.reasons))}</p>" if suspect.reasons else "",
    ]
    if media.picture is not None:
        lines.append(f'<img alt="" loading=lazy{attributes({"src": media.picture})}>')
    lines.append(
        f"<audio controls preload=none{attributes({'src': media.sound, 'aria-label': f'Recording {u.id}'})}></audio>"
    )
    if editable:
        label = f"<label><span class=hidden>Text of {escape(u.id)}</span>"
        rows = min(6, 1 + len(text) // 90)
        lines.append(
            f'{label}<textarea rows="{rows}" maxlength=5000 spellcheck=true{attributes({"data-was": text} | spoken)}>\n'
            f"{escape(text)}</textarea></label>"
        )
        lines.append(BUTTONS)
    else:
        lines.append(f"<p class=text{attributes(spoken)}>{escape(text)}</p>")
    return "".join(lines) + "</article>"


BUTTONS = (
    "<p class=said role=status></p><div class=row>"
    "<button type=button data-do=save>Save text</button>"
    "<button type=button data-do=accepted>Accept <kbd>a</kbd></button>"
    "<button type=button data-do=rejected>Reject <kbd>r</kbd></button>"
    "<button type=button data-do=undo>Undo <kbd>u</kbd></button></div>"
)


def rejected(folder: Path) -> Counter[str]:
    """How many recordings were left out for each reason."""
    counts: Counter[str] = Counter()
    try:
        with (folder / "rejected.tsv").open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines):
                cells = line.rstrip("\n").split("\t")
                if 0 < number <= REJECTED_READ and len(cells) > 1:
                    counts[cells[1]] += 1
    except OSError:
        pass
    return counts


def _in_file(corpus: PreparedCorpus, utterance: Utterance) -> Media:
    sound = "audio/" + quote(f"{utterance.id}.flac", safe="")
    try:
        wav = waveform.read(corpus.audio_path(utterance), corpus.info.sample_rate)
    except UserError:
        return Media(sound, None)
    encoded = base64.b64encode(mel_png(wav, corpus.info.sample_rate)).decode()
    return Media(sound, f"data:image/png;base64,{encoded}")


def _histograms(inspection: Inspection) -> list[str]:
    utterances, measures = inspection.corpus.utterances, inspection.measures
    rates = [rate for u in utterances if (rate := inspection.rate(u)) is not None]
    return [
        histogram("Length", "s", [u.seconds for u in utterances]),
        histogram("Speaking rate", "phones/s", rates),
        histogram("Level of speech", "dBFS", [m.level for m in measures.values()]),
        histogram("Noise floor", "dBFS", [m.noise for m in measures.values()]),
        histogram("Pitch", "Hz", [m.pitch for m in measures.values() if m.pitch is not None]),
    ]


def _speakers(utterances: Sequence[Utterance]) -> str:
    seconds: dict[str, float] = {}
    for u in utterances:
        seconds[u.speaker] = seconds.get(u.speaker, 0.0) + u.seconds
    unit, size = (" h", 3600) if max(seconds.values(), default=0) >= 3600 else (" min", 60)
    longest = sorted(seconds, key=lambda name: -seconds[name])
    rest = f"<p class=soft>and {len(longest) - LISTED} more</p>" if len(longest) > LISTED else ""
    return bars({name: seconds[name] / size for name in longest[:LISTED]}, unit) + rest


def _phones(inspection: Inspection) -> list[str]:
    found = inspection.coverage
    parts = ["<h2>Phones</h2>"]
    had, all_pairs = found.pairs
    parts.append(
        f"<p>{len(found.heard)} different phones are heard"
        + (f", and {had} of the {all_pairs} pairs of phones in the sentences to choose from" if all_pairs else "")
        + ".</p>"
    )
    if found.rare:
        items = (
            f'<li{attributes({"class": "never" if not count else None})}><b>{escape(phone)}</b> '
            f"{count or 'never'}" for phone, count in found.rare.items()
        )  # fmt: skip
        parts.append(f"<p>Heard fewer than {ENOUGH} times:</p><ul class=phones>{''.join(items)}</ul>")
    else:
        parts.append(f"<p>Each of them {ENOUGH} times or more.</p>")
    if found.suggested:
        spoken = attributes(written_in(inspection.corpus.info.language))
        lines = "".join(f"<li><span{spoken}>{escape(text)}</span>" for text in found.suggested)
        parts.append(
            f"<h2>To record next</h2><p>Sentences with what is rare, the most useful first:</p><ol>{lines}</ol>"
        )
    elif not all_pairs:
        parts.append(
            "<p class=soft>There are no sentences in this language to suggest: give some as "
            "<code>tts-review sentences=FILE</code>.</p>"
        )
    return parts


def _duplicates(inspection: Inspection) -> list[str]:
    found = inspection.duplicates
    parts = ["<h2>Duplicates</h2>"]
    texts = {u.id: u.text for u in inspection.corpus.utterances}
    for groups, what in ((found.sounds, "The same sound"), (found.texts, "The same words by the same speaker")):
        if groups:
            rows = [
                (", ".join(group[:6]) + (" …" if len(group) > 6 else ""), len(group), texts[group[0]])
                for group in groups[:LISTED]
            ]
            more = f"<p class=soft>and {len(groups) - LISTED} more</p>" if len(groups) > LISTED else ""
            shown = table(("utterances", "times", "text"), rows)
            parts.append(f"<p>{what}: {len(groups)}</p>{shown}{more}")
    return parts if len(parts) > 1 else [*parts, "<p>None.</p>"]


def _left_out(folder: Path) -> list[str]:
    counts = rejected(folder)
    if not counts:
        return []
    shown = bars({reason: float(count) for reason, count in counts.most_common(LISTED)}, "")
    return ["<h2>Left out</h2>", shown, "<p class=soft>Each is listed in <code>rejected.tsv</code>.</p>"]
