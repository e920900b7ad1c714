"""What tests of a voice's training share."""

from pathlib import Path

import pytest

from tts.audio.config import AudioConfig
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig


@pytest.fixture(scope="session")
def other_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another speaker beside a known one, and sounds that the first corpus lacks."""
    folder = tmp_path_factory.mktemp("other")
    listing = folder / "other.txt"
    listing.write_text("The ox drank milk.\nA fox ran past us.\nJoin the game.\nShow me the judge.\n", "utf-8")
    corpus = EspeakCorpus(str(folder), str(listing), ("en-us+m3", "en-us+f2"), hours=None)
    prepare(corpus, folder / "corpus", AudioConfig(), TextConfig(), Limits(), workers=0)
    return folder / "corpus"


@pytest.fixture(scope="session")
def german_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two speakers of another language."""
    folder = tmp_path_factory.mktemp("german")
    listing = folder / "german.txt"
    listing.write_text("Der Ochse trank.\nDie Füchse laufen.\nZeig mir das Buch.\nWir gehen heim.\n", "utf-8")
    corpus = EspeakCorpus(str(folder), str(listing), ("de+f2", "de+m3"), hours=None, language="de")
    prepare(corpus, folder / "corpus", AudioConfig(), TextConfig(language="de"), Limits(), workers=0)
    return folder / "corpus"
