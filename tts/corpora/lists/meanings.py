"""What a column that may name speakers may say instead: languages, manners of speaking, kinds of people, splits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from tts.corpora.languages import are_languages

STYLES = {
    "affectionate", "afraid", "aggressive", "amused", "anger", "angry", "annoyed", "annoyance", "anxious", "awe",
    "bored", "boredom", "calm", "cheerful", "clear", "confident", "confused", "contempt", "crying", "curious",
    "default", "depressed", "desperate", "disappointed", "disappointment", "disgust", "disgusted", "dramatic",
    "drunk", "embarrassed", "emotional", "empathetic", "emphatic", "energetic", "enthusiastic", "enunciated",
    "envious", "excited", "excitement", "expressive", "fast", "fear", "fearful", "formal", "friendly", "frustrated",
    "gentle", "happiness", "happy", "hopeful", "informal", "interested", "irritated", "joyful", "laughing", "loud",
    "lyrical", "monotone", "narration", "narrative", "nervous", "neutral", "normal", "polite", "proud", "quiet",
    "relaxed", "relieved", "sad", "sadness", "sarcastic", "sarcasm", "scared", "scream", "screaming", "serious",
    "shocked", "shout", "shouted", "shouting", "sighing", "singing", "sleepy", "sleepiness", "slow", "smiling",
    "soft", "soothing", "sorry", "storytelling", "surprise", "surprised", "tense", "terrified", "tired",
    "unfriendly", "unhappy", "warm", "whisper", "whispered", "whispering", "worried", "yelling",
}  # fmt: skip
"""Words for manners of speaking, as corpora have them; none that is a name, such as `joy`."""
CODES_OF_STYLES = {"neu", "ang", "hap", "exc", "sad", "fru", "fea", "sur", "dis", "oth", "xxx"}
"""IEMOCAP's, of which single ones are names."""
KINDS = {
    "m", "f", "w", "male", "female", "man", "woman", "masculine", "feminine", "boy", "girl", "child", "adult", "teens",
    "twenties", "thirties", "forties", "fourties", "fifties", "sixties", "seventies",
    "mujer", "hombre", "femme", "homme", "frau", "weiblich", "männlich", "donna", "uomo", "mulher", "homem",
    "femenino", "feminino", "masculino", "女", "男", "女性", "男性", "женский", "мужской",
}  # fmt: skip
"""Of people, as Common Voice has them, and in other languages."""
NO_NAMES = {
    "train", "training", "val", "valid", "validation", "validated", "dev", "test", "eval",
    "yes", "no", "true", "false", "ok", "good", "bad", "clean", "noisy", "done", "todo", "question", "statement",
    "approved", "rejected", "accepted", "pending", "reviewed", "invalid", "invalidated",
    "wav", "flac", "mp3", "ogg", "opus", "m4a", ".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a",
}  # fmt: skip
NOBODY = {"-", "?", "none", "None", "null", "NULL", "nan", "NaN", "n/a", "N/A"}
"""What programs and people write where they have no name."""
NUMBER = re.compile(
    r"[+-]?\d*[.,:]?\d+(?:[.,:]\d+)*(?:e[+-]?\d+)?\s?(?:%|m?s|sec|min|db|k?hz)?|\d+[/-]\d+[/-]\d+(?:[T ][\d:.]+Z?)?",
    re.IGNORECASE,
)
"""Whole ones, which may be those of speakers, and others: a duration, a score, a level, a time, a date."""
NO_NAME = re.compile(
    r"\d{1,2}-\d{1,2}|\d{1,2}\+|(?:19|20)\d\d[-/](?:0[1-9]|1[012])"
    r"|(?:https?://|www\.)\S+|CC0.*|CC[- ]BY\b.*|public[- ]domain",
    re.IGNORECASE,
)
"""Ages, months, addresses, licences."""
COUPLE = 2
"""Lines, each of which may be by a speaker of its own."""


def is_style(said: str) -> bool:
    """Whether it is a manner of speaking, such as `Happy` or `whisper_sad`."""
    words = [word for word in re.split(r"[\W\d_]+", said.casefold()) if word]
    return bool(words) and STYLES.issuperset(words)


def instead_of_speakers(names: Collection[str]) -> tuple[str, str] | None:
    """The role that a column of names may have instead, and what is in it then; None where it can have no other."""
    said = set(names) - {""}
    small = {name.casefold() for name in said}
    if small <= NO_NAMES:  # of which `no` is a language, too
        return None
    if are_languages(said):
        return "language", "languages"
    if any(map(is_style, said)) or (len(small) > 1 and small <= CODES_OF_STYLES):
        return "style", "manners of speaking"
    return ("_", "no names") if small <= KINDS else None


def no_names(column: int, names: Sequence[str]) -> str:
    """Why a column cannot name speakers, or hardly, as where it holds durations or checksums; empty where it can.

    Parameters
    ----------
    column: its number, from 1.
    names: of all lines what stands there.
    """
    place, counts = f"column {column}", Counter(names)
    others = [name for name in names if not name.isdecimal() and NUMBER.fullmatch(name)]
    others += [name for name in names if name.casefold() in NO_NAMES or NO_NAME.fullmatch(name)]
    if 2 * len(others) > len(names) or (others and all(map(NUMBER.fullmatch, names))):
        return f"{place} says {others[0]!r}, which is no speaker's name"
    alone = [name for name in names if counts[name] == 1]
    if len(names) > COUPLE and 2 * len(alone) > len(names):
        return f"{place} would name speakers of whom {len(alone)} have one line only, such as {alone[0][:40]!r}"
    return ""
