"""A config names a layout of corpora, one of the package's or one that is defined elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tts.audio.config import AudioConfig
from tts.commands.cli import load_config
from tts.corpora.corpus import Corpus, Recording, from_file
from tts.corpora.registry import LJSpeech, open_corpus
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.settings.documented import documented
from tts.settings.schema import plain
from tts.text.config import TextConfig


@pytest.mark.parametrize("layout", sorted(Corpus.options))
def test_a_layout_is_what_its_config_says(layout: str) -> None:
    composed = load_config("prepare", [f"corpus={layout}"])["corpus"]
    assert composed["layout"] == layout and composed["out"] == f"data/{composed['name']}"
    corpus = open_corpus(composed | {"root": "mine"} if "root" in composed else composed)
    assert type(corpus) is Corpus.options[layout]
    expected = composed | ({"root": "mine"} if "root" in composed else {})
    del expected["out"]
    assert plain(corpus) == {key: getattr(corpus, key) if value == "" else value for key, value in expected.items()}


@pytest.mark.parametrize("settings", [*Corpus.options.values(), Limits, AudioConfig, TextConfig])
def test_every_key_of_preparation_is_documented(settings: type) -> None:
    assert [field.key for field in documented(settings) if not field.doc] == []


def test_a_layout_is_named_by_the_corpus_where_the_config_names_none() -> None:
    assert isinstance(open_corpus({"name": "ljspeech", "root": "mine"}), LJSpeech)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"layout": "ljspeech", "root": None}, r"corpus=ljspeech needs corpus\.root"),
        ({"layout": "vctk"}, r"corpus=vctk needs corpus\.root"),
        ({"layout": "ljspech", "root": "x"}, r"corpus\.layout: 'ljspech' is not one of .*ljspeech.*plugins="),
        ({"name": "mix", "parts": {}}, r"corpus\.layout: 'mix' is not one of"),
        ({"layout": "ljspeech", "root": "x", "speeker": "me"}, "'speeker'; did you mean 'speaker'"),
        ({"layout": "espeak", "downloads": "x", "language": "de"}, r"speak en-us, but corpus\.language=de"),
    ],
)
def test_what_a_config_lacks_or_has_too_much_is_named(config: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        open_corpus(config)


def test_a_layout_is_added_by_a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Corpus, "options", dict(Corpus.options))

    @dataclass(frozen=True)
    class Pairs(Corpus):
        root: str
        layout: Literal["pairs"] = "pairs"
        name: str = "pairs"
        language: str = "en-us"
        licence: str = "not stated"
        credits: str = "not stated"

        def __iter__(self) -> Iterator[Recording]:
            for path in sorted(Path(self.root).glob("*.wav")):
                yield from_file(path.stem, "me", path.with_suffix(".txt").read_text("utf-8"), path)

    (tmp_path / "a.wav").touch()
    (tmp_path / "a.txt").write_text("One.", "utf-8")
    corpus = open_corpus({"layout": "pairs", "root": str(tmp_path), "out": "data/pairs"})
    assert [(recording.id, recording.text) for recording in corpus] == [("a", "One.")]
    with pytest.raises(UserError, match=r"corpus=pairs needs corpus\.root"):
        open_corpus({"layout": "pairs"})
