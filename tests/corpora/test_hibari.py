"""The hibari corpus: natural-sounding synthetic speech, the same each time."""

import builtins
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio.config import AudioConfig
from tts.corpora.synthetic.hibari import HibariCorpus
from tts.corpora.synthetic.sentences import deal, sentences
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

pytest.importorskip("hibari", reason="the extra `synthetic` is not installed")


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("A short one.\nThe baker unlocked his shop before the sun came up.\nkeep\n", encoding="utf-8")
    return path


def corpus(listing: Path, **settings: Any) -> HibariCorpus:
    return HibariCorpus(str(listing.parent), **{"sentences": (str(listing),), **settings})


def test_it_speaks_every_sentence_and_survives_a_worker(listing: Path) -> None:
    recordings = list(corpus(listing))
    assert {r.text for r in recordings} == {
        "A short one.", "The baker unlocked his shop before the sun came up.", "keep",
    }  # fmt: skip
    sounds = {r.text: pickle.loads(pickle.dumps(r)).load() for r in recordings}
    lengths = {text: len(sound.wav) / sound.sample_rate for text, sound in sounds.items()}
    assert (
        0.2 < lengths["keep"] < lengths["A short one."] < lengths["The baker unlocked his shop before the sun came up."]
    )
    assert 2 < max(lengths.values()) < 5
    assert all(0.05 < float(sound.wav.abs().max()) <= 1 for sound in sounds.values())


def test_the_same_each_time_but_for_seed_and_speed(listing: Path) -> None:
    [one], [two] = [[r for r in corpus(listing) if r.text == "keep"] for _ in range(2)]
    assert torch.equal(one.load().wav, two.load().wav)
    assert one.stamp == two.stamp
    [slow] = [r for r in corpus(listing, speed=0.5) if r.text == "keep"]
    [other] = [r for r in corpus(listing, seed=1) if r.text == "keep"]
    assert len({one.stamp, slow.stamp, other.stamp}) == 3
    assert len(slow.load().wav) > 1.4 * len(one.load().wav)


def test_it_becomes_a_prepared_corpus(listing: Path, tmp_path: Path) -> None:
    report = prepare(corpus(listing), tmp_path / "prepared", AudioConfig(), TextConfig(), Limits(), 0)
    assert not report.rejected
    utterances = read_manifest(tmp_path / "prepared").utterances
    assert {u.text for u in utterances} == {r.text for r in corpus(listing)}
    assert {u.speaker for u in utterances} == {"hibari-heart"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"voices": ("hart",)}, r"no voice 'hart'.*heart"),
        ({"voices": ()}, "at least one"),
        ({"voices": ("heart", "heart")}, "named twice"),
        ({"speed": 3.0}, r"corpus\.speed=3\.0"),
        ({"hours": -1.0}, "negative"),
    ],
)
def test_wrong_settings_are_refused(listing: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        corpus(listing, **settings)


def test_without_the_package_it_says_what_to_install(listing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name.partition(".")[0] == "hibari":
            raise ImportError("No module named 'hibari'")
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UserError, match=r"pip install 'smma-tts\[synthetic\]'"):
        corpus(listing)


def test_sentences_are_dealt_fairly() -> None:
    texts = [f"sentence {i}" for i in range(30)]
    dealt = list(deal(texts, ["a", "b", "c"], lambda text: 1.0))
    assert len(dealt) == len(set(dealt)) == 90
    for turn in range(3):
        part = dealt[30 * turn : 30 * (turn + 1)]
        assert {text for text, _ in part} == set(texts)
        assert {voice: [v for _, v in part].count(voice) for voice in "abc"} == {"a": 10, "b": 10, "c": 10}
    assert len(list(deal(texts, ["a"], lambda text: 60.0, hours=0.1))) == 6
    assert len(list(deal(texts, ["a"], lambda text: 60.0, utterances=7))) == 7
    assert [text for text, _ in deal(texts, ["a"], lambda text: 1.0, seed=1)] != [text for text, _ in dealt[:30]]


def test_the_words_that_come_with_the_project_can_be_said() -> None:
    words = sentences("words", Path("unused"))
    front_end = TextFrontEnd(TextConfig())
    assert len(words) > 1000
    assert all(any(place >= 0 for place in front_end(text).word) for text in words[::7])
