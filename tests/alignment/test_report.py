"""report.html of corpora at any sample rate."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.alignment.ranking import Ranked
from tts.alignment.report import write_report
from tts.alignment.timing import Alignment
from tts.audio import waveform
from tts.data.manifest import CorpusInfo, PreparedCorpus, Utterance
from tts.intervals import Interval


def written(folder: Path, rate: int, texts: dict[str, str]) -> Path:
    """A report of utterances with these texts."""
    symbols = ("<s>", "o", "</s>"), (0, 1, 0), (-1, 0, -1), ("oh",)
    utterances = [Utterance(id, id, "me", "train", text, 1.0, *symbols) for id, text in texts.items()]
    corpus = PreparedCorpus(folder, CorpusInfo("mine", "en", "", "", rate, {}), utterances)
    (folder / "audio").mkdir()
    for utterance in utterances:
        waveform.write(corpus.audio_path(utterance), 0.1 * torch.randn(rate), rate)
    phones = [Interval("sil", 0.0, 0.2), Interval("o", 0.2, 0.8), Interval("sil", 0.8, 1.0)]
    alignment = Alignment([Interval("oh", 0.2, 0.8)], phones, [1.0, 0.9, 1.0], -10.0)
    write_report(folder, corpus, [Ranked(utterance, alignment, -1.0) for utterance in utterances], {})
    return folder / "report.html"


@pytest.mark.filterwarnings("error")  # such as empty mel channels
@pytest.mark.parametrize("rate", [16000, 44100, 96000, 192000])
def test_an_utterance_is_shown_at_any_sample_rate(tmp_path: Path, rate: int) -> None:
    written(tmp_path, rate, {"a": "oh"})
    assert (tmp_path / "report" / "a.png").stat().st_size > 1000


def test_the_page_is_no_wider_than_a_phone_and_texts_are_written_from_their_side(
    tmp_path: Path, launch: Callable[..., Any]
) -> None:
    texts = {"a_long_name_of_a_recording_without_a_space_in_it_0001": "the sea was calm " * 9, "b": "שלום עולם, שלום."}
    report = written(tmp_path, 16000, texts)
    phone = launch().new_page(viewport={"width": 380, "height": 800}, is_mobile=True)
    phone.goto(report.as_uri())
    assert phone.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [380, 380]
    sides = "all => all.map((e) => getComputedStyle(e).direction)"
    assert phone.get_by_text(texts["b"]).evaluate_all(sides) == ["rtl", "rtl"]  # in the table, and below
    phone.close()
