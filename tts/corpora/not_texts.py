"""Files beside sound that hold no text, or more than that: times, and names of their recordings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tts.audio.decoding import SUFFIXES
from tts.corpora.lists.files import composed
from tts.corpora.lists.rows import NO_UTF8

CUE = re.compile(r"^\s*\[?[\d:.,]+\s*-->\s*[\d:.,]+", re.MULTILINE)
"""The times of SubRip, WebVTT and Whisper."""
CLOCK = re.compile(r"\[(?:\d+:)?\d+:\d\d(?:[.,]\d+)?\]")
NUMBER = r"((?:0|[1-9]\d*)(?:\.\d+)?)"
NUMBERS = re.compile(rf"{NUMBER}\s+{NUMBER}(?=\s|$)")
EXACT = re.compile(r"\d+\.\d+\t\d+\.\d+\t|\d+\.\d{3,} +\d+\.\d{3,} ")
"""Times of one label, as nobody writes what is said."""
MANY = 1000
"""Samples, milliseconds or units of HTK, more of which are in a recording."""
SAMPLES = re.compile(r"0\s+[1-9]\d{3,}\s+(?=[\s\S]*[^\W\d_])")
"""TIMIT's first and last sample before a text, which is of the whole recording."""
ZEROS = re.compile(r"(?<![\d.])0\d")
"""As in 0001 and LJ001."""


def instead_of_text(content: str) -> str:
    """What a file holds that is no text, or is not only that; empty where it may be all said."""
    if "\0" in content:
        return f"{NO_UTF8}, and no text in UTF-8"
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    if content.startswith("WEBVTT") or CUE.search(content):
        return "subtitles with times, and no text"
    if content.startswith("File type = "):
        return "a TextGrid, and no text"
    if content.lstrip().startswith(("{", "[")) and _is_json(content):
        return "JSON, and no text"
    clocks = [CLOCK.match(line) for line in lines]
    if lines and clocks[0] and all(clocks):
        return f"times such as {clocks[0][0]} before its text, which are to be taken out"
    head = "#" in lines  # which ESPS and Festival write
    labels = lines[lines.index("#") + 1 :] if head else lines
    return "labels with times, and no text" if _are_labels(labels, head) else ""


def before_texts(texts: Sequence[tuple[str, str]]) -> list[str]:
    """What stands before texts and is not said: the names of their recordings, if most have them, or TIMIT's numbers of
    samples, if all do; empty where there is nothing.

    Parameters
    ----------
    texts: of every recording its name and what its file holds.
    """
    contents = [composed(text).lstrip() for _, text in texts]
    named = [_its_name(name, content) for (name, _), content in zip(texts, contents, strict=True)]
    if len(texts) > 1 and 2 * sum(map(bool, named)) > len(texts):
        return named
    samples = [SAMPLES.match(content) for content in contents]
    return [match[0] if match and len(texts) > 1 and all(samples) else "" for match in samples]


def _its_name(name: str, content: str) -> str:
    """The name of its recording with which a text begins; empty where it does not, or that may be said."""
    name, endings = composed(name), "|".join(map(re.escape, SUFFIXES))
    found = re.match(rf"{re.escape(name)}({endings})?(\s*[|:;]\s*|\s+)(?=\S)", content, re.IGNORECASE)
    if found is None or not re.search(r"[^\W\d_]", content[found.end() :]):
        return ""
    return found[0] if found[1] or _is_id(name) or re.search(r"[|\t]", found[2]) else ""


def _is_id(name: str) -> bool:
    """Whether nobody says it, unlike Hello, 1990, A1 and F-16."""
    joined = "_" in name or name.count("-") > 1
    return ZEROS.search(name) is not None or (joined and re.search(r"\d", name) is not None)


def _are_labels(lines: Sequence[str], head: bool) -> bool:
    """Whether start and end stand before each, or time and colour below a head, and the first of them never falls."""
    found = [match for match in map(NUMBERS.match, lines) if match is not None]
    starts = [float(match[1]) for match in found]
    if not lines or len(found) < len(lines) or starts != sorted(starts):
        return False
    if len(lines) == 1:
        return EXACT.match(lines[0]) is not None
    ends = [float(match[2]) for match in found]
    exact = all("." in match[0] or "\t" in match[0] for match in found) or ends[-1] >= MANY
    return head or (exact and all(start < end for start, end in zip(starts, ends, strict=True)))


def _is_json(content: str) -> bool:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return bool(found) and isinstance(found[0] if isinstance(found, list) else found, dict)
