"""`tts-prepare` on a folder of somebody's recordings."""

from collections.abc import Callable
from pathlib import Path

import soundfile
import torch

from tests.commands.conftest import Result
from tests.corpora.folders import text
from tests.preparation.recordings import RATE, spoken
from tts.commands.prepare_data import main


def test_the_command_shows_what_it_understood(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c", "d"):
        soundfile.write(tmp_path / f"in/{name}.wav", torch.stack([0 * spoken(1.0), spoken(1.0)], 1).numpy(), RATE)
    text(tmp_path / "in/list.csv", "".join(f"{name},mia,One two three {name}\n" for name in "abcd"))
    given = ["corpus.separator=,", "corpus.columns=[file,speaker,text]", "workers=1", "text=graphemes"]
    done = call(main, "corpus=auto", f"corpus.root={tmp_path}/in", f"corpus.out={tmp_path}/out", *given)
    lines = done.out.splitlines()
    assert lines[0] == f"corpus=auto: {tmp_path}/in is read as corpus=ljspeech"
    assert lines[1].split() == ["id", "speaker", "text", "file", "seconds"]
    assert [line.split()[:2] for line in lines[2:5]] == [[name, "mia"] for name in "abc"]
    assert lines[2].endswith(f"{len(spoken(1.0)) / RATE:.2f}") and not any("three d" in line for line in lines)
    assert any("2 of 2: 4 utterances" in line for line in lines)
