"""Sentences for synthetic voices to speak, the project's own, WordNet's examples or a file of the user's, and how
they are dealt out to several voices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tts.corpora import debian
from tts.corpora.downloads import downloading
from tts.errors import UserError
from tts.storage.resources import folder

PACKAGE = "wordnet-base"
"""Debian's WordNet 3.0: glosses with example sentences, under a permissive licence (wordnet.princeton.edu/license)."""
INSTALLED = Path("/usr/share/wordnet")
OWN = ("words", "drills")
"""Files of the project's own beside its sentences, in English."""
SOURCES = ("embedded", *OWN, "wordnet", "auto")
PARTS = ("data.adj", "data.adv", "data.noun", "data.verb")
FEWEST_WORDS, MOST_WORDS = 6, 24

_EXAMPLE = re.compile(r'"([^"]+)"')
_PLAIN = re.compile(r"[A-Za-z][A-Za-z ,;:'?!.-]*")
_UNCLEAR = re.compile(r"\.\.|--|[A-Z]{2}|\b[A-Z]\.|[.;:,?!'-]{2}|\s[,;:.?!]|(?<=[.?!])[A-Za-z]|(?<!\w)'|'(?!\w)")


def sentences(source: str, downloads: Path, root: Path | None = None, language: str = "en") -> list[str]:
    """The sentences of a source, in its order, without duplicates.

    Parameters
    ----------
    source: `embedded`, the project's own; `words`, its single English words and short phrases; `drills`, what attention
        stumbles over; `wordnet`, WordNet's examples, fetched where needed; `auto`, the embedded ones, then WordNet's
        where they are on this machine already; or a UTF-8 file, one sentence a line.
    downloads: folder that WordNet is fetched and unpacked into.
    root: folder with Debian's package or WordNet's unpacked `data.*` files; nothing is fetched then.
    language: espeak-ng's name of it; WordNet speaks English.

    Raises
    ------
    UserError: the file cannot be read, holds no sentence, there are none of this language, or WordNet cannot be had.
    """
    own = folder("sentences") / f"{language.partition('-')[0]}.txt"
    if source in SOURCES and not (own.is_file() and (source == "embedded" or own.stem == "en")):
        raise UserError(f"no {source} sentences in {language}: give corpus.sentences=FILE, one sentence a line")
    if source == "embedded":
        found = read_sentences(own)
    elif source in OWN:
        found = read_sentences(folder("sentences") / f"{source}.txt")
    elif source == "wordnet":
        found = wordnet_examples(_wordnet(downloads, root, fetch=True))
    elif source == "auto":
        found = read_sentences(own)
        files = _wordnet(downloads, root, fetch=False)
        found += wordnet_examples(files) if files else []
    else:
        found = read_sentences(Path(source).expanduser())
    return list(dict.fromkeys(found))


def deal(
    texts: list[str],
    voices: Sequence[str],
    seconds: Callable[[str], float],
    hours: float | None = None,
    utterances: int | None = None,
    seed: int = 0,
) -> Iterator[tuple[str, str]]:
    """Pairs of text and voice, until about `hours` of speech or `utterances` pairs.

    The texts come in an order that depends on `seed` and themselves only. Each pass over them gives every text
    to another voice, so that half of the speech still holds all voices.

    Parameters
    ----------
    seconds: estimate for a text.
    """
    texts = sorted(texts, key=lambda text: digest(seed, text))
    left = float("inf") if hours is None else 3600 * hours
    count = 0
    for turn in range(len(voices)):
        for i, text in enumerate(texts):
            if left <= 0 or count == utterances:
                return
            yield text, voices[(i + turn) % len(voices)]
            left -= seconds(text)
            count += 1


def digest(*parts: object) -> str:
    """A stable hash of the parts, in hexadecimal."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def read_sentences(path: Path) -> list[str]:
    """One sentence a line; empty lines and lines starting with `#` are skipped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: cannot be read as UTF-8 text ({error}); give a file with one sentence a line, or one of "
            f"{', '.join(SOURCES)} where a corpus asks for sentences"
        ) from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise UserError(f"{path}: no sentence in it; expected one a line")
    return found


def wordnet_examples(files: list[Path]) -> list[str]:
    """Clean examples of 6–24 words: letters and plain punctuation only, no abbreviations, no gaps."""
    found = []
    for path in files:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            _, _, gloss = line.partition(" | ")
            for example in _EXAMPLE.findall(gloss):
                example = example.strip()
                words = len(example.split())
                if FEWEST_WORDS <= words <= MOST_WORDS and _PLAIN.fullmatch(example) and not _UNCLEAR.search(example):
                    found.append(example if example[-1] in ".?!" else example.rstrip(",;: ") + ".")
    return found


def _wordnet(downloads: Path, root: Path | None, fetch: bool) -> list[Path]:
    """WordNet's four data files, or an empty list where they are absent and may not be fetched."""
    unpacked = downloads / "wordnet"
    for place in [root] if root else [unpacked, INSTALLED]:
        for first in sorted(place.rglob(PARTS[0])):
            files = [first.with_name(part) for part in PARTS]
            if all(file.is_file() for file in files):
                return files

    def packages() -> list[Path]:
        return sorted((root or downloads).glob(f"{PACKAGE}_*.deb"))

    if not packages() and root:
        raise UserError(f"{root}: neither {PACKAGE}_….deb nor WordNet's {', '.join(PARTS)} in it")
    if not packages() and not fetch:
        return []
    with downloading(downloads):
        if not packages():
            debian.fetch((PACKAGE,), downloads)
        package = packages()[-1]
        debian.unpack_anew([package], unpacked, "usr/share/wordnet")
    files = [unpacked / "usr/share/wordnet" / part for part in PARTS]
    if not all(file.is_file() for file in files):
        raise UserError(f"{package}: no {', '.join(PARTS)} in it; delete it and run again")
    return files
