"""What of texts is not written as people write: phonemes, marks and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LETTERS = 40
"""Of a text that is shown."""
STANDS = "it is read as it stands: "
PHONEMES = f"{STANDS}write words, or phonemes in braces, as in {{həlˈoʊ}}"
NOTATIONS = (
    # What it is, how it is known, in which share of texts at least, and how it is read and what to do.
    ("IPA", r"(?<!\{)[ˈˌ](?![^{]*\})", 0.1, f"{PHONEMES}, or give text=graphemes"),
    ("ARPAbet", r"(?:^|[\s{])(?=(?:[A-Z]{1,2}\s)*[A-Z]{2}[0-2]\b)(?:[A-Z]{1,2}[0-2]?[\s}.,]+){2}", 0.1, PHONEMES),
    ("pinyin with numbers", r"^\W*(?:[a-zü]{1,6}[1-5]\W*){2,}$", 0.1, f"{STANDS}give the column with the characters"),
    ("marks of prosody", r"[^\W\d_]#[0-4]", 0.1, f"{STANDS}take them out"),
    ("marks of stress", r"[^\W\d_]\+[^\W\d_]|(?:^|\s)\+[^\W\d_]", 0.1, f"{STANDS}take them out"),
    (
        "marks of languages", r"\[([A-Z]{2})\].*\[\1\]", 0.1,
        f"{STANDS}write {{fr-fr: bonjour}} for what is in another language",
    ),
    (
        "HTML", r"&(?:[a-z]+|#\d+|#x[0-9a-f]+);|</?(?:b|i|p|br|span|div|em|strong)\b[^>]*>", 0.0,
        "tags are not read, and &amp; is read as &",
    ),
    ("letters that were decoded wrongly", r"Ã[\x80-\xbf]|â€|Ð[\x80-\xbf]Ð", 0.0, f"{STANDS}save them anew as UTF-8"),
    ("codes of letters", r"\\u[0-9a-fA-F]{4}", 0.0, f"{STANDS}write the letters"),
)  # fmt: skip
"""Of what is taken, since some of it might be meant."""
_LABEL = re.compile(r"\s*(\w+)\s*:\s*\w")


def notations(texts: Sequence[str]) -> Iterator[str]:
    """What some texts hold that is hardly said, each in a line."""
    for name, pattern, share, remedy in NOTATIONS:
        found = [text for text in texts if re.search(pattern, text)]
        if found and len(found) >= share * len(texts):
            yield f"{_texts(len(found))} {name}, such as {_short(found[0])!r}; {remedy}"
    labels = [_LABEL.match(text) for text in texts]
    words = {label[1].casefold() if label else "" for label in labels}
    if len(texts) > 1 and len(words) == 1 and words != {""}:
        yield f"all texts begin with the same label, such as {_short(texts[0])!r}; if it is not said, take it out"


def _texts(count: int) -> str:
    return "a text holds" if count == 1 else f"{count} texts hold"


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
