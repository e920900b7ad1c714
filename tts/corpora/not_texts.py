"""Files beside sound that hold no text, or more than that: times, and names of their recordings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tts.audio.decoding import SUFFIXES
from tts.corpora.lists.files import composed

CUE = re.compile(r"^\s*\[?[\d:.,]+\s*-->\s*[\d:.,]+", re.MULTILINE)
"""The times of SubRip, WebVTT and Whisper."""
CLOCK = re.compile(r"\[(?:\d+:)?\d+:\d\d(?:[.,]\d+)?\]")
NUMBERS = re.compile(r"(\d+(?:\.\d+)?)\s+\d+(?:\.\d+)?(?=\s|$)")
SECONDS = re.compile(r"\d+\.\d+\s+\d+\.\d+\s")
SAMPLES = re.compile(r"0 \d{3,} ")
"""TIMIT's first and last sample before a text, which is of the whole recording."""


def instead_of_text(content: str) -> str:
    """What a file holds that is no text; empty where it may be one."""
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    if content.startswith("WEBVTT") or CUE.search(content):
        return "subtitles with times"
    if content.startswith("File type = "):
        return "a TextGrid"
    if content.lstrip().startswith(("{", "[")) and _is_json(content):
        return "JSON"
    labels = lines[lines.index("#") + 1 :] if "#" in lines else lines  # after the head that ESPS and Festival write
    if labels and (_begin_with_numbers(labels) or all(map(CLOCK.match, labels))):
        return "labels with times"
    return ""


def texts_alone(texts: Sequence[tuple[str, str]]) -> list[str]:
    """Texts without what stands before them: the names of their recordings, if most have them, or TIMIT's numbers of
    samples, if all do.

    Parameters
    ----------
    texts: of every recording its name and the text, on one line.
    """
    named = [_after_name(name, text) for name, text in texts]
    if len(texts) > 1 and 2 * sum(map(bool, named)) > len(texts):
        return [rest or text for rest, (_, text) in zip(named, texts, strict=True)]
    if len(texts) > 1 and all(SAMPLES.match(text) for _, text in texts):
        return [SAMPLES.sub("", text, count=1) for _, text in texts]
    return [text for _, text in texts]


def _after_name(name: str, text: str) -> str:
    """What follows the name of its recording; empty where a text does not begin with it, or it may be a word of it."""
    endings, text = "|".join(map(re.escape, SUFFIXES)), composed(text)
    found = re.match(rf"{re.escape(composed(name))}(?:{endings})?(\s*[|:;,]\s*| )(?=\S)", text, re.IGNORECASE)
    rest = text[found.end() :] if found is not None and (found[1] != " " or not name.isalpha()) else ""
    return rest if re.search(r"[^\W\d_]", rest) else ""


def _begin_with_numbers(lines: Sequence[str]) -> bool:
    """Whether two stand before each, as start and end or as time and colour, and the first of them never falls."""
    found = [NUMBERS.match(line) for line in lines]
    firsts = [float(match[1]) for match in found if match is not None]
    return len(firsts) == len(lines) and firsts == sorted(firsts) and (len(lines) > 1 or bool(SECONDS.match(lines[0])))


def _is_json(content: str) -> bool:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return bool(found) and isinstance(found[0] if isinstance(found, list) else found, dict)
