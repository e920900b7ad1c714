"""What the columns of a list mean: their names in a header, and which of several readings its lines allow."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from tts.corpora.languages import is_language
from tts.corpora.lists.kana import reads_kanji

Columns = tuple[str, ...]
"""The role of each column, one of `ROLES` or of `UNUSED`."""

ROLES: dict[str, Columns] = {
    "file": (
        "file", "file_name", "audio_file", "audio_filepath", "audio_path", "audio_filename", "file_path", "path",
        "wav_path", "wav_file", "wav_filename", "wav", "audio", "clip", "recording", "file_id", "utterance_id",
        "utt_id", "id",
    ),
    "text": (
        "normalized_text", "normalised_text", "text_normalized", "text_normalised", "normalized_transcription",
        "normalized_transcript", "normalized", "normalised", "text", "sentence", "transcription", "transcript",
        "utterance", "prompt", "txt",
    ),
    "speaker": (
        "speaker", "speaker_name", "speaker_id", "spk", "spk_id", "client_id", "voice", "narrator", "reader",
        "reader_id", "voice_id", "voice_name", "user_id", "actor", "actor_id", "person_id",
    ),
    "language": ("language", "lang", "language_code", "lang_code", "locale"),
    "style": ("style", "emotion", "emotion_name"),
    "start": (
        "start", "onset", "offset", "start_time", "begin", "segment_start", "start_sec", "start_seconds", "start_s",
    ),
    "seconds": ("seconds", "duration", "dur", "duration_sec", "duration_seconds", "duration_s"),
    "end": ("end", "end_time", "stop", "segment_end", "until", "end_sec", "end_seconds", "end_s"),
}  # fmt: skip
"""Of a column, and the names that headers have for it; where a header has several, the first of them counts. They are
the same in any case, and with or without spaces, hyphens and underscores."""
NORMALISED = {
    "normalizedtext", "normalisedtext", "textnormalized", "textnormalised", "normalizedtranscription",
    "normalizedtranscript", "normalized", "normalised",
}  # fmt: skip
"""Of the names of texts, without what may be between their words, those of one as it is read."""
ROW_IDS = {"fileid", "utteranceid", "uttid", "id"}
"""Likewise, of the names of files those that may be of something else."""
UNUSED = ("raw", "_")
"""Roles of columns that are not read; `raw` is a text before it was normalised."""
READINGS: dict[Columns, str] = {
    ("file", "raw", "text"): "ljspeech",
    ("file", "text", "speaker"): "coqui",
    ("file", "speaker", "text"): "piper",
    ("file", "speaker", "language", "text"): "gpt_sovits",
    ("file", "raw", "text", "speaker"): "ljspeech_multispeaker",
    ("file", "speaker", "raw", "text"): "ljspeech_multispeaker",
}
"""Columns of lists without a header, and the layout that reads them so. `file|text` all of them read."""
LONGEST_NAME = 64
"""Characters of a speaker's name in a list without a header."""
MOST_NAMES = 5
"""Words of it."""
SENTENCE = 4
"""Words that texts have on average, if they are to be told from names."""
STOPS = tuple(".!?。！？।؟")
"""At the end of a sentence."""
INITIALS = 2
"""Words of `Ann K.`, which ends as a sentence does."""
LETTERS_OF_A_WORD = 3
"""Of scripts that write no spaces, at most."""
WRITTEN = re.compile(r"[^\W\d_]+")
WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Of scripts that write none between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters."""
MANY = 3
"""Texts beside a value that is no reading of them; a number and its Roman numeral have one reading."""
LONGEST_COLUMN = 24
"""Characters of its name in a header."""
NAME_OF_COLUMN = re.compile(r"[^\W\d]+(?:[ _-][^\W\d_]+){0,2}")
ALIKE = 0.6
"""Share of characters that two such texts have in common, in the same order."""
ALL_BUT_SLIPS = 0.8
"""Of the words of a text that is read as it is written, those in which both columns agree; less are two texts."""
COMPARED = 500
"""Characters at the beginning of each, of which it is taken: the time for it grows with their square."""
NOT_SAID_AS_WRITTEN = re.compile(r"\d|[^\w\s.,;:!?'’\"“”„«»()\[\]—–…-]|\b[A-Z]{2,}\b|\w\.\s*\w")
"""What normalising writes out: numbers, signs, acronyms, abbreviations."""


def named(header: Iterable[str]) -> dict[str, str]:
    """Role → the name in a header that stands for it."""
    names = {key(name): name for name in reversed(list(header))}
    found = {role: next((names[key(n)] for n in known if key(n) in names), None) for role, known in ROLES.items()}
    return {role: name for role, name in found.items() if name is not None}


def role_of(name: str) -> str | None:
    """What a column of this name is; None where the name is not known."""
    return next(iter(named([name])), None)


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first line names its columns: a file, or something like it, first or beside a text."""
    roles = named(cells)
    return "file" in roles and ("text" in roles or roles["file"] == cells[0])


def like_a_header(cells: Sequence[str]) -> bool:
    """Whether cells may be names of columns that are not known: a few short words, without numbers or full stops."""
    short = all(len(cell) <= LONGEST_COLUMN and NAME_OF_COLUMN.fullmatch(cell) for cell in cells)
    return len(set(cells)) == len(cells) > 1 and short and not any(map(WITHOUT_SPACES.search, cells))


def misfit(columns: Columns, rows: Sequence[Mapping[str, str]]) -> str:
    """Why lines without a header cannot be read so; empty where they can.

    Parameters
    ----------
    rows: of every line that has all columns what stands in each.
    """
    if "language" in columns:
        odd = next((row["language"] for row in rows if not is_language(row["language"])), None)
        if odd is not None:
            return f"{_shown(odd)} in column {columns.index('language') + 1} is no language"
    if "raw" in columns:
        reason = _no_texts([(row["raw"], row["text"]) for row in rows], columns)
        if reason:
            return reason
    return _no_speakers([(row["speaker"], row["text"]) for row in rows], columns) if "speaker" in columns else ""


def reads_as(raw: str, text: str, least: float = 0.5) -> bool | None:
    """Whether `text` is how the written `raw` is read: whether most of its plain words are there. None where that
    cannot be told, as of a number.

    Parameters
    ----------
    least: more than this share of the words must be the same where there is nothing to write out.
    """
    if raw == text or _letters(raw) == _letters(text):
        return True
    said, plain = _words(text), not NOT_SAID_AS_WRITTEN.search(raw)
    words = list(_words(raw)) if plain else _plain_words(raw)
    if not words:
        return None if len(text) <= _longest_reading(raw) else False
    share = sum(word in said for word in words) / len(words)
    if plain:  # so that there is nothing to add, either
        share = min(share, sum(word in words for word in said) / max(1, len(said)))
    if share <= 0.5 and WITHOUT_SPACES.search(raw):  # where kanji may have become kana
        if reads_kanji(raw, text):
            return True
        one, other = _letters(raw)[:COMPARED], _letters(text)[:COMPARED]
        return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
    return share > (least if plain else 0.5)


def reads_all(raw: str, text: str) -> bool:
    """Whether `text` is how the written `raw` is read, and not just how a half of it is: the same letters, or more of
    them where there is something to write out."""
    one, other = _letters(raw), _letters(text)
    longer = len(other) >= len(one) and NOT_SAID_AS_WRITTEN.search(raw) is not None
    return one == other or (longer and reads_as(raw, text) is True)


def not_read(columns: Columns, rows: Sequence[Mapping[str, str]]) -> str:
    """Why the column that is said to be the text as it is read cannot be; empty where it can.

    It is names of speakers, or beside them. That no text is alike is not enough, as one may be in another script, and
    two writings may have one reading.
    """
    pairs = [(row["raw"], row["text"]) for row in rows if row["raw"] and row["text"]]
    pairs = [pair for pair in pairs if _scripts(pair[0]) & _scripts(pair[1])]
    reason = _beside_different(pairs, columns, MANY)
    if not reason and pairs and all(reads_as(*pair) is False for pair in pairs):
        as_speaker = ("file", "text", "speaker")
        if not misfit(as_speaker, [dict(zip(as_speaker, ("", *pair), strict=True)) for pair in pairs]):
            reason = _other_text(*pairs[0], columns)
    return reason


def in_two_scripts(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether two columns may be one text in two scripts, of which nothing can be said: neither is short for it."""
    pairs = [(row["raw"], row["text"]) for row in rows if row["raw"] and row["text"]]
    apart = [pair for pair in pairs if not _scripts(pair[0]) & _scripts(pair[1])]
    lengths = [sum(_length(pair[i]) for pair in apart) for i in (0, 1)]
    return 2 * len(apart) > len(pairs) and 2 * min(lengths) > max(lengths)


def shown_by(columns: Columns, rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether something in the lines shows that they are to be read so, and not just nothing that they are not: texts
    that are read as others are written, speakers who say several of them, or sentences beside names."""
    if "raw" in columns and not any(reads_as(row["raw"], row["text"]) for row in rows):
        return False
    if "speaker" not in columns:
        return True
    counts = Counter(row["speaker"] for row in rows)
    if 2 * sum(counts[row["speaker"]] > 1 for row in rows) > len(rows):
        return True
    words = sum(len(row["text"].split()) for row in rows)
    return words >= SENTENCE * len(rows) and sum(len(row["text"]) - 2 * len(row["speaker"]) for row in rows) > 0


def swapped(columns: Columns) -> Columns:
    """With speaker and text the other way round."""
    return tuple({"speaker": "text", "text": "speaker"}.get(role, role) for role in columns)


def _no_texts(pairs: list[tuple[str, str]], columns: Columns) -> str:
    """Why the one is not how the other is read."""
    pairs = [(raw, text) for raw, text in pairs if raw and text]
    reason = _beside_different(pairs, columns)
    if reason:
        return reason
    verdicts = [reads_as(*pair) for pair in pairs]
    return _other_text(*pairs[verdicts.index(False)], columns) if 2 * verdicts.count(False) > len(pairs) else ""


def _scripts(text: str) -> set[str]:
    """Of the letters of a text, such as LATIN."""
    return {unicodedata.name(character, "").partition(" ")[0] for character in text if character.isalpha()}


def _beside_different(pairs: list[tuple[str, str]], columns: Columns, several: int = 2) -> str:
    """Why one column of two texts holds names: most of its values stand beside so many different texts."""
    for first, second, column in ((0, 1, columns.index("raw")), (1, 0, columns.index("text"))):
        value = _repeated([(pair[first], pair[second]) for pair in pairs], several)
        if value:
            return f"column {column + 1} says {_shown(value)} beside different texts, as a speaker's name would"
    return ""


def _other_text(raw: str, text: str, columns: Columns) -> str:
    place, before = columns.index("text") + 1, columns.index("raw") + 1
    return f"column {place} says {_shown(text)}, which is not how {_shown(raw)} in column {before} is read"


def _no_speakers(pairs: list[tuple[str, str]], columns: Columns) -> str:
    """Why the first of each pair is no name of who says the second."""
    place = f"column {columns.index('speaker') + 1}"
    names, texts = {name for name, _ in pairs}, {text for _, text in pairs}
    if names == {""}:
        return f"{place} is empty"
    longest = max(names, key=len, default="")
    if len(longest) > LONGEST_NAME or len(longest.split()) > MOST_NAMES:
        return f"{place} says {_shown(longest)}, too long for a speaker's name"
    said, sentences = _are_sentences([name for name, _ in pairs]), _are_sentences([text for _, text in pairs])
    if said and not sentences:
        return f"{place} says {_shown(longest)}, a sentence and no speaker's name"
    mirrored = _few_speakers([(text, name) for name, text in pairs])
    if said == sentences and len(names) > len(texts) and mirrored:
        return f"{place} would name {len(names)} speakers of only {len(texts)} different texts"
    read = [reads_as(text, name) or reads_as(name, text) for name, text in pairs]
    if 4 * read.count(True) > len(pairs):
        return f"{place} says {_shown(pairs[read.index(True)][0])}, as the text does"
    counts = Counter(name for name, _ in pairs)
    alone = sum(counts[name] == 1 for name, _ in pairs)
    if 2 * alone > len(pairs):
        if mirrored and sum(len(name) for name, _ in pairs) >= sum(len(text) for _, text in pairs):
            return f"{place} is longer than the texts, and has a speaker for each"
        if said and sum(_length(name) for name, _ in pairs) > INITIALS * len(pairs):
            return f"{place} says {_shown(longest)}, a sentence and no speaker's name"
    return ""


def _are_sentences(said: Sequence[str]) -> bool:
    """Whether most end as sentences do, or are long for names."""
    stopped = sum(one.endswith(STOPS) for one in said)
    return 2 * stopped > len(said) or sum(map(_length, said)) >= SENTENCE * len(said) > 0


def _few_speakers(pairs: list[tuple[str, str]]) -> bool:
    """Whether the first of each pair may well name a speaker, as these are fewer than the texts: these hardly return,
    and are no shorter than the names, or longer than the only one. A few words that each of many speakers says would
    look alike, the other way round."""
    names, counts = {name for name, _ in pairs}, Counter(text for _, text in pairs)
    longer = sum(_length(text) - _length(name) for name, text in pairs)
    return 2 * list(counts.values()).count(1) > len(pairs) and longer >= (len(pairs) if len(names) == 1 else 0)


def _length(said: str) -> float:
    """In words."""
    return max(len(said.split()), len(WITHOUT_SPACES.findall(said)) / LETTERS_OF_A_WORD)


def _repeated(pairs: list[tuple[str, str]], several: int) -> str:
    """The most frequent of the first values, where most of them stand beside `several` second ones."""
    beside: dict[str, set[str]] = defaultdict(set)
    for value, other in pairs:
        beside[_letters(value)].add(_letters(other))
    found = [value for value, _ in pairs if len(beside[_letters(value)]) >= several]
    return Counter(found).most_common(1)[0][0] if 2 * len(found) > len(pairs) else ""


def _plain_words(raw: str) -> list[str]:
    """Those that are read as they are written: no abbreviations, acronyms, or parts of numbers."""
    found = []
    for match in re.finditer(r"[\w.]*\w[\w.]*", raw):
        word = match[0].rstrip(".") if match.end() == len(raw) else match[0]
        if len(word) > 2 and WRITTEN.fullmatch(word) and not (word.isupper() and word.lower() != word):
            found.append(_letters(word))
    return found


def _longest_reading(raw: str) -> int:
    """Characters of numbers, signs and acronyms in words: `77` is `seventy-seven`, `$` is `dollars`."""
    digits, letters = sum(map(str.isdigit, raw)), sum(map(str.isalpha, raw))
    return 10 * digits + 3 * letters + 12 * len(re.findall(r"[^\w\s.,]", raw)) + 6


def _words(text: str) -> set[str]:
    return {_letters(word) for word in WRITTEN.findall(text)}


def _letters(text: str) -> str:
    """Of a text in small letters without accents."""
    small = text.casefold()
    return "".join(filter(str.isalnum, small if small.isascii() else unicodedata.normalize("NFKD", small)))


@lru_cache(maxsize=2**12)
def key(name: str) -> str:
    """A name of a column as it is compared with others."""
    return re.sub(r"[\s_-]+", "", name.casefold())


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:39]}…")
