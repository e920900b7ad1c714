"""No text, whatever it holds, kills espeak-ng, is cut short by it in silence, or takes minutes."""

import json
import random
import subprocess
import sys

import pytest

from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, split_sentences
from tts.text.languages import reader
from tts.text.normalise import clean, normalise
from tts.text.phonemes import Phonemiser

LANGUAGES = ("en-us", "de", "fr-fr", "hi", "ja", "ru", "ar", "ko", "hu", "tr", "th", "cmn", "el")
WRITTEN = """
a é b z あ अ ж ع 漢 한 😀 ก က 𐍈 a. é. あ. अ. 𐍈. ж. ab. a' s' a- 1 12, 1,000, 1. 1: 1/ é́ क् A A. aA 1a & € ½ x_
[[ [[a]] ]] <p> &amp; \\ * ! … ' ( ﬁ ﷺ ﷺ. 𝐀. 🇩🇪 $1 Dr. e.g. { } {a} {h ə} the Wasser
"""
UNITS = (*WRITTEN.split(), " ", "\n", "\0", "\x01", "\ud800", "\u0301", "\u200d", "\ufeff", "\u00ad", ". ", ", ")
SEED, CASES = 7, 60
READ_ALL = """
import json, sys
from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
from tts.text.phonemes import Phonemiser
front_ends = {}
for line in sys.stdin:
    language, text = json.loads(line)
    print(ascii(line)[:200], flush=True)
    if language not in front_ends:
        front_ends[language] = TextFrontEnd(TextConfig(language=language)), Phonemiser(language)
    front_end, phonemiser = front_ends[language]
    for read in (lambda: front_end(text), lambda: phonemiser(text.encode(errors="ignore").decode().split())):
        try:
            read()
        except UserError:
            pass
print("all read")
"""


def hostile(seed: int, count: int) -> list[tuple[str, str]]:
    """Languages and texts: one unit, or a few in a fixed or a random order, up to some 600 times."""
    chance, found = random.Random(seed), []
    for _ in range(count):
        units, times = chance.choices(UNITS, k=chance.choice((1, 1, 2, 4))), round(10 ** chance.uniform(0, 2.8))
        text = "".join(units) * times if chance.random() < 0.7 else "".join(chance.choices(units, k=times))
        found.append((chance.choice(LANGUAGES), text[:2000]))
    return found


def test_no_text_kills_the_process() -> None:
    """In a process of its own: where one does, that one dies."""
    dots = [(language, 110 * letter) for language in LANGUAGES for letter in ("é.", "अ.")]
    lines = "\n".join(map(json.dumps, [*dots, *hostile(SEED, CASES)]))
    done = subprocess.run([sys.executable, "-c", READ_ALL], input=lines, capture_output=True, text=True, timeout=300)
    last = done.stdout.splitlines()[-1:]
    assert last == ["all read"], (done.returncode, last, done.stderr[-400:])


def test_an_overlong_word_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"word of 301 characters, xxxxxxxxxxxxxxxxxxxx….*put spaces in it"):
        TextFrontEnd(TextConfig())("A word " + 301 * "x")


@pytest.mark.parametrize(
    ("language", "unit", "times"),
    [
        ("en-us", "W", 60),
        ("en-us", "ba", 150),
        ("th", "กา", 90),
        ("ja", "か", 250),
        ("cmn", "我", 280),
        ("fr-fr", "w", 99),
    ],
)
def test_a_long_word_is_not_cut_short(language: str, unit: str, times: int) -> None:
    """espeak-ng drops what goes beyond its buffer of 200 codes, in silence."""
    phonemiser = Phonemiser(language)
    [ten], [all_] = phonemiser([10 * unit]), phonemiser([times * unit])
    assert len(all_) == pytest.approx(len(ten) * times / 10, rel=0.06)


def test_a_clause_of_a_thousand_words_keeps_them_all() -> None:
    words = ["a", "lamp", "by", "the", "door"] * 200
    tokens = TextFrontEnd(TextConfig())(" ".join(words))
    assert tokens.words == tuple(words) and set(tokens.word) == {-1, *range(1000)}


RUNS = (
    "a", "a.", "1", "$1", "½", "- ", "{a", "a-", "Oak St. ", "am 3. ",
    "a\u0301\u0316", "漢", "あ。", "|--", "[](", "<b =", "&a", "->",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en-us", "de"])
def test_rules_see_a_long_text_in_portions(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some take time that grows with the square of what they see."""
    seen: list[int] = []

    def read(text: str) -> str:
        seen.append(len(text))
        return text

    monkeypatch.setattr(reader(language), "read", read)
    for run in RUNS:
        normalise((run * 8000)[:8000], language)
    assert max(seen) <= 750 and sum(seen) > 7000 * len(RUNS)


def test_where_a_long_text_is_cut_nothing_is_lost() -> None:
    text = "One lamp stood by the door. It was three and a half feet tall, wasn't it? " * 200
    assert normalise(text, "en-us").split() == text.split()
    assert clean(text) == text.strip()
    assert normalise("It cost $3.50. " * 500, "en-us").count("three dollars and fifty cents.") == 500


@pytest.mark.parametrize("run", RUNS)
def test_a_long_text_without_a_sentence_is_split(run: str) -> None:
    """32,000 characters; some took minutes."""
    text = (run * 32_000)[:32_000]
    for language in ("en-us", "de"):
        pieces = split_sentences(text, language=language)
        assert "".join("".join(pieces).split()) == "".join(text.split())
