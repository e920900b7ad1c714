"""Written text to words a reader would say: Unicode clean-up for every language, then numbers and signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tts.text.languages import reader
from tts.text.markup import plain

COMPATIBILITY = (
    (0x2100, 0x2138),
    (0x213A, 0x218F),
    (0x2460, 0x24FF),
    (0x3200, 0x33FF),
    (0xF900, 0xFFEF),
    (0x1D400, 0x1D7FF),
    (0x1F100, 0x1F1FF),
)
"""Blocks of characters that stand for others: ℃, Ⅳ, ①, ㎏, ﬁ, １, 𝒜. № is read by the languages themselves."""
QUOTES = str.maketrans(
    {
        **{
            c: unicodedata.normalize("NFKC", c)
            for first, last in COMPATIBILITY
            for c in map(chr, range(first, last + 1))
            if c != "№" and not unicodedata.decomposition(c).startswith(("<super>", "<sub>", "<fraction>"))
        },
        **dict.fromkeys("‘’‚‛′ʼ`´＇", "'"),
        **dict.fromkeys("“”„‟″«»‹›＂〝〞「」『』", '"'),
        **dict.fromkeys("‐‑⁃﹣－", "-"),
        **dict.fromkeys("−", "-"),
        **dict.fromkeys("‒", "–"),
        **dict.fromkeys("―⸺⸻", "—"),
        "⁄": "/",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "।": ".",
        "॥": ".",
        "。": ". ",
        "．": ".",
        "，": ", ",
        "、": ", ",
        "？": "? ",
        "！": "! ",
        "；": "; ",
        "：": ": ",
        "（": " (",
        "）": ") ",
        "％": "%",
        "＄": "$",
        "＆": "&",
    }
)
JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: meaningful between the letters of Arabic-script and Indic words, noise elsewhere."""
STRAY_JOINER = re.compile(f"(?<![\u0600-\u0dff])[{JOINERS}]|[{JOINERS}](?![\u0600-\u0dff])")
DOUBLE_DASH = re.compile(r"(?<=[^-])--+(?=[^-]|$)|(?<=\s)-(?=\s)")
DOTS = re.compile(r"(?:\.\s?){2,}\.|\.{2,}")
LONGEST_PORTION = 500
"""Characters that the rules see at once: some take time that grows with the square of what they see."""
CUTS = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])"), re.compile(r"\s+")
"""Where a longer text is cut into portions: after a sentence, else between words."""


def normalise(text: str, language: str) -> str:
    """`text` as words: NFC, no markup, plain quotes and dashes, no control characters, numbers and signs spelled out.

    Every language is read by its `tts.text.languages.reader`; what that does not know is left to espeak-ng. Never
    raises, whatever the text.

    Parameters
    ----------
    language: an espeak-ng language (en-us, fr-fr, pt-br, …).
    """
    read = reader(language).read
    return _one_space(" ".join(read(_clean(plain(portion))) for portion in _portions(text)))


def clean(text: str) -> str:
    """Unicode clean-up alone: NFC, one space between words, plain quotes, dashes, ellipses and decimal digits."""
    return _one_space(" ".join(map(_clean, _portions(text))))


def _portions(text: str) -> Iterator[str]:
    """`text` in pieces of at most `LONGEST_PORTION` characters."""
    start = 0
    while len(text) - start > LONGEST_PORTION:
        middle, end = start + LONGEST_PORTION // 2, start + LONGEST_PORTION
        found = ([m.end() for m in cut.finditer(text, middle, end)] for cut in CUTS)
        cut = next((places[-1] for places in found if places), end)
        yield text[start:cut]
        start = cut
    yield text[start:]


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(QUOTES))
    text = "".join(map(_plain_character, text)) if not text.isascii() or not text.isprintable() else text
    text = STRAY_JOINER.sub("", text)
    text = DOTS.sub("… ", text)
    text = DOUBLE_DASH.sub(" — ", text)
    return _one_space(text)


def _one_space(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _plain_character(character: str) -> str:
    if character in JOINERS:
        return character
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Cc":
            return " " if character.isspace() else ""
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
    return character
