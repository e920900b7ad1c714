"""report.html of corpora at any sample rate."""

from pathlib import Path

import pytest
import torch

from tts.alignment.ranking import Ranked
from tts.alignment.report import write_report
from tts.alignment.timing import Alignment
from tts.audio import waveform
from tts.data.manifest import CorpusInfo, PreparedCorpus, Utterance
from tts.intervals import Interval


@pytest.mark.filterwarnings("error")  # such as empty mel channels
@pytest.mark.parametrize("rate", [16000, 44100, 96000, 192000])
def test_an_utterance_is_shown_at_any_sample_rate(tmp_path: Path, rate: int) -> None:
    utterance = Utterance("a", "a", "me", "train", "oh", 1.0, ("<s>", "o", "</s>"), (0, 1, 0), (-1, 0, -1), ("oh",))
    corpus = PreparedCorpus(tmp_path, CorpusInfo("mine", "en", "", "", rate, {}), [utterance])
    (tmp_path / "audio").mkdir()
    waveform.write(corpus.audio_path(utterance), 0.1 * torch.randn(rate), rate)
    phones = [Interval("sil", 0.0, 0.2), Interval("o", 0.2, 0.8), Interval("sil", 0.8, 1.0)]
    alignment = Alignment([Interval("oh", 0.2, 0.8)], phones, [1.0, 0.9, 1.0], -10.0)
    write_report(tmp_path, corpus, [Ranked(utterance, alignment, -1.0)], {})
    assert (tmp_path / "report" / "a.png").stat().st_size > 1000
