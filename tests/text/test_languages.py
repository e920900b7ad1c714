"""Every rule of every language reads its examples, and a language can be added from anywhere."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tts.text.frontend import split_sentences
from tts.text.languages import German, Reader, reader
from tts.text.languages.english.reader import RULES
from tts.text.languages.rule import Rule
from tts.text.normalise import clean, normalise

ENGLISH = [pytest.param(rule, *example, id=example[0]) for rule in RULES for example in rule.examples.items()]
OTHERS = [(code, *example) for code, kind in Reader.of_language.items() for example in kind.examples.items()]


@pytest.mark.parametrize(("rule", "written", "said"), ENGLISH)
def test_an_english_rule_reads_its_examples(rule: Rule, written: str, said: str) -> None:
    left = clean(written)
    for earlier in RULES[: RULES.index(rule)]:
        left = earlier(left)
    assert rule(left) != left, "earlier rules leave it nothing to read"
    assert normalise(written, "en-us") == said


def test_every_rule_has_an_example() -> None:
    assert all(rule.examples for rule in RULES)


@pytest.mark.parametrize(("language", "written", "said"), OTHERS)
def test_a_language_reads_its_examples(language: str, written: str, said: str) -> None:
    assert normalise(written, language) == said


def test_every_language_with_a_reader_has_examples() -> None:
    assert [code for code, kind in Reader.of_language.items() if not kind.examples and code != "en"] == []


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(Reader, "of_language", dict(Reader.of_language))
    yield


def test_a_language_is_added_by_a_class(readers: None) -> None:
    assert normalise("kl. 9, t.d. 5 km", "is") == "kl. níu, t.d. fimm kílómetrar"

    class Icelandic(Reader, language="is"):
        abbreviations: ClassVar = {"t. d.": "til dæmis", "kl.": "klukkan"}
        minus = "mínus"

    assert normalise("kl. 9, t.d. -5 km", "is") == "klukkan níu, til dæmis mínus fimm kílómetrar"
    assert split_sentences("Kom kl. 9. Nú.", language="is") == ["Kom kl. 9.", "Nú."]


def test_a_language_has_one_reader(readers: None) -> None:
    with pytest.raises(TypeError, match=r"'de' is read by tts\.text\.languages\.german\.German already"):

        class Other(Reader, language="de"):
            pass

    class Swiss(German, language="de"):
        minus = "minus minus"

    assert normalise("-5", "de-ch") == "minus minus fünf"


SWEDISH = """
from tts.text.languages import Reader

class Swedish(Reader, language="sv"):
    abbreviations = {"t. ex.": "till exempel"}
"""
SEND = """
import pickle, sys
import my_swedish
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
sys.stdout.buffer.write(pickle.dumps(TextFrontEnd(TextConfig(language="sv"))))
"""
RECEIVE = """
import pickle, sys
print(*pickle.load(sys.stdin.buffer)("t.ex. fem").words)
"""


def test_a_language_from_elsewhere_is_read_in_other_processes_too(tmp_path: Path) -> None:
    (tmp_path / "my_swedish.py").write_text(SWEDISH, "utf-8")
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    sent = subprocess.run([sys.executable, "-c", SEND], env=there, capture_output=True, check=True)
    received = subprocess.run(
        [sys.executable, "-c", RECEIVE], env=there, input=sent.stdout, capture_output=True, check=True
    )
    assert received.stdout.decode().split() == ["till", "exempel", "fem"]


def test_readers_are_pickled() -> None:
    again = pickle.loads(pickle.dumps(reader("de-ch")))
    assert type(again) is German and again.read("5 km") == "fünf Kilometer"
