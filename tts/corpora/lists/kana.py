"""Whether kana are how a Japanese text with kanji is read: what is kana in it stands there in the same order."""

from __future__ import annotations

import re

KANJI = re.compile(r"[\u3005\u3400-\u9fff]+")
KANA = re.compile(r"[\u3041-\u3096\u30fc]+")
"""Hiragana, as katakana are turned into."""
LETTERS = re.compile(r"[^\W\d_]+")
TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
LONGEST = 5
"""Kana that one kanji is read as."""


def reads_kanji(raw: str, text: str) -> bool:
    """Whether `text` is kana only, has the kana of `raw` between others, and is no longer than its kanji can be."""
    said, written = (one.translate(TO_HIRAGANA) for one in (text, raw))
    said = "".join(LETTERS.findall(said))
    parts = re.findall(f"{KANJI.pattern}|{KANA.pattern}", written)
    if not KANA.fullmatch(said) or not any(map(KANA.fullmatch, parts)):
        return False
    place = kanji = 0
    for part in parts:
        if KANJI.fullmatch(part):
            kanji += len(part)
            place += 1
        elif (found := said.find(part, place)) >= 0:
            place = found + len(part)
        else:
            return False
    return place <= len(said) <= sum(map(len, parts)) + (LONGEST - 1) * kanji
