"""`tts-prepare` on a folder of somebody's recordings."""

from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
import torch

from tests.commands.conftest import Result
from tests.corpora.folders import sounds, text
from tests.preparation.recordings import RATE, spoken
from tts.commands.prepare_data import main
from tts.data.manifest import read_manifest
from tts.preparation.corrections import Correction, correct, read_corrections
from tts.storage.ownership import claim


def test_the_command_shows_what_it_understood(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c", "d"):
        soundfile.write(tmp_path / f"in/{name}.wav", torch.stack([0 * spoken(1.0), spoken(1.0)], 1).numpy(), RATE)
    soundfile.write(tmp_path / "in/e.wav", spoken(1.0).numpy(), RATE)
    text(tmp_path / "in/list.csv", "".join(f"{name},mia,One two three {name}\n" for name in "abcd"))
    given = ["corpus.separator=,", "corpus.columns=[file,speaker,text]", "workers=1", "text=graphemes"]
    done = call(main, "corpus=auto", f"corpus.root={tmp_path}/in", f"corpus.out={tmp_path}/out", *given)
    lines = done.out.splitlines()
    assert lines[0] == f"corpus=auto: {tmp_path}/in is read as corpus=ljspeech"
    assert lines[1].split() == ["id", "speaker", "text", "file", "seconds", "channel"]
    assert [line.split()[:2] for line in lines[2:5]] == [[name, "mia"] for name in "abc"]
    assert lines[2].endswith(f"{len(spoken(1.0)) / RATE:.2f}     2 of 2")
    assert not any("three d" in line for line in lines)
    assert lines[5] == "  audio files here that are in no line of the list: 1 of 5, such as e.wav"
    assert any("2 of 2: 4 utterances" in line for line in lines)


def test_the_command_writes_corrected_texts_into_the_list(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        soundfile.write(tmp_path / f"in/{name}.wav", spoken(1.0).numpy(), RATE)
    listed = text(tmp_path / "in/metadata.csv", "a|One too three.\nb|One two three.\n")
    given = [f"corpus.root={tmp_path}/in", f"corpus.out={tmp_path}/out", "workers=1", "text=graphemes", "report=false"]
    call(main, "corpus=ljspeech", *given)
    correct(tmp_path / "out", Correction("a", "One too three.", "One two three."))
    done = call(main, "corpus=ljspeech", *given, "write_back=true")
    assert "1 corrected text written into" in done.out
    assert listed.read_text() == "a|One two three.\nb|One two three.\n"
    assert {u.text for u in read_manifest(tmp_path / "out").utterances} == {"One two three."}
    again = call(main, "corpus=ljspeech", *given)
    assert "One two three." in again.out and read_corrections(tmp_path / "out").by_id == {}


def test_the_language_of_a_recognised_layout_is_that_of_its_texts(tmp_path: Path, call: Callable[..., Result]) -> None:
    for name in ("p225_001", "p225_002"):
        path = tmp_path / f"in/wav48/p225/{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, spoken(1.0).numpy(), RATE)
        text(tmp_path / f"in/txt/p225/{name}.txt", "One two three.")
    given = [f"corpus.root={tmp_path}/in", f"corpus.out={tmp_path}/out", "workers=1", "text=graphemes", "report=false"]
    done = call(main, "corpus=auto", *given)
    assert done.out.splitlines()[0].endswith("is read as corpus=vctk corpus.language=en-gb")
    info = read_manifest(tmp_path / "out").info
    assert info.language == info.text["language"] == "en-gb"


FOLDERS = {
    "libritts": {"84/12/84_12_0.wav": None, "84/12/84_12_0.normalized.txt": "One two three."},
    "vctk": {"wav48/p225/p225_001.wav": None, "txt/p225/p225_001.txt": "One two three."},
    "imported": {
        "wavs/one-0001.flac": None,
        "pieces.jsonl": '{"id": "one-0001", "text": "One two three.", "speaker": "", "source": "/my/one.mp3", '
        '"start": 2.0, "end": 2.1, "source_seconds": 60.0, "left_out": ""}',
    },
}


@pytest.mark.parametrize("layout", FOLDERS)
@pytest.mark.parametrize("by_name", [True, False])
def test_folders_of_published_corpora_are_shown_too(
    tmp_path: Path, call: Callable[..., Result], layout: str, by_name: bool
) -> None:
    if layout == "imported":
        claim(tmp_path / "in", "import", "out")
    for name, content in FOLDERS[layout].items():
        if content is None:
            sounds(tmp_path / "in", name)
        else:
            text(tmp_path / "in" / name, content)
    named = layout if by_name else "auto"
    done = call(main, f"corpus={named}", f"corpus.root={tmp_path}/in", f"corpus.out={tmp_path}/out", "workers=1")
    head, row = done.out.splitlines()[0 if by_name else 1 :][:2]
    assert head.split() == ["id", "speaker", "text", "file", "seconds"]
    assert "One two three." in row and row.endswith("0.10")
