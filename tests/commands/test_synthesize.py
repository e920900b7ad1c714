"""`tts-synthesize`: lines of text become wav, TextGrid, JSON and PNG."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
from PIL import Image

from tts.commands.synthesize import main
from tts.data.manifest import read_manifest
from tts.intervals import read_textgrid
from tts.synthesis.voice import Synthesis
from tts.vocoder.choice import VocoderChoice


def test_a_line_becomes_four_files_that_agree(
    call: Callable[..., Any], tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.delattr(Synthesis, "alignment")  # it grows with the square of the text, and a line may be long
    asked = f"voice={tiny_run}/voice", "text=Go home, did the bird sing?", f"out={out}"
    result = call(main, *asked, "picture=true")
    assert result.status == 0, result.err
    made = ["0001.TextGrid", "0001.json", "0001.png", "0001.wav"]
    assert sorted(path.name for path in out.iterdir()) == [".smma-tts.json", *made]
    wav, rate = soundfile.read(out / "0001.wav")
    said = json.loads((out / "0001.json").read_text("utf-8"))
    grid = read_textgrid(out / "0001.TextGrid")
    assert said["text"] == "Go home, did the bird sing?"
    assert said["voice"] == "tiny"
    assert said["sample_rate"] == rate == 24000
    assert said["seconds"] == pytest.approx(len(wav) / rate)
    assert said["phones"][-1]["end"] == pytest.approx(len(wav) / rate, abs=1e-4)
    for tier in ("words", "phones"):
        written = [i for i in grid[tier] if i.label]
        assert [i.label for i in written] == [i["label"] for i in said[tier]]
        assert [i.start for i in written] == pytest.approx([i["start"] for i in said[tier]], abs=1e-4)
    with Image.open(out / "0001.png") as picture:
        assert min(picture.size) > 100
    assert "real-time factor" in result.out
    assert str(out / "0001.wav") in result.out
    assert call(main, *asked).status == 0
    assert not (out / "0001.png").exists(), "a picture of what an earlier run said"


def test_every_line_of_a_file_is_spoken(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes("\ufeffGo home.\r\n\r\nThe old lamp fell.\r\n".encode())
    result = call(
        main, f"voice={tiny_run}", f"text_file={tmp_path}/lines.txt", f"out={tmp_path}/out", "speaker=en-us+m3"
    )
    assert result.status == 0, result.err
    assert sorted(path.stem for path in (tmp_path / "out").glob("*.wav")) == ["0001", "0002"]
    assert json.loads((tmp_path / "out" / "0002.json").read_text())["text"] == "The old lamp fell."


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["language=de"], "language=de: this voice speaks en-us"),
        (["speaker=en-us+f3:1,bob:2"], "'bob' is not in this voice"),
        (["like=nowhere.wav"], "cannot hear who speaks"),
        (["like=nowhere.wav", "speaker=en-us+f3"], "speaker and like are both given"),
    ],
)
def test_who_cannot_speak_is_one_line(
    arguments: list[str], complaint: str, call: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    result = call(main, f"voice={tiny_run}", "text=Go home.", f"out={tmp_path}/out", *arguments)
    assert result.status == 1 and len(result.errors) == 1
    assert complaint in result.errors[0]


def test_speakers_are_mixed_from_the_shell(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    given = "speaker=en-us+f3:0.7,en-us+m3:0.3"
    result = call(main, f"voice={tiny_run}", "text=Go home.", f"out={tmp_path}/out", given, "language=en-us")
    assert result.status == 0, result.err


def test_controls_and_markup_from_the_shell(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "said.ssml").write_text("<speak>\n Go <emphasis>home</emphasis>.\n <break time='1s'/> Go.\n</speak>\n")
    asked = f"voice={tiny_run}", f"text_file={tmp_path}/said.ssml", f"out={tmp_path}/out"
    lengths = []
    for controls in (
        [],
        ["pitch=2", "pitch_range=1.2", "energy=-3", "pauses=3", "speed=0.5", "variation=0.3", "seed=2"],
    ):
        result = call(main, *asked, *controls)
        assert result.status == 0, result.err
        lengths.append(json.loads((tmp_path / "out" / "0001.json").read_text("utf-8"))["seconds"])
    assert len(list((tmp_path / "out").glob("*.wav"))) == 1, "a document is one text, of however many lines"
    assert lengths[1] > lengths[0] > 1


def test_text_comes_from_standard_input(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    result = call(main, f"voice={tiny_run}", f"out={tmp_path}/out", stdin="Go home.\nDid it sing?\n")
    assert result.status == 0, result.err
    assert len(list((tmp_path / "out").glob("*.wav"))) == 2


@pytest.mark.parametrize("content", [b"Go \xff home.\n", "Go höme.\n".encode("latin-1"), "Go home.\n".encode("utf-16")])
def test_bytes_that_are_no_text_are_refused(content: bytes, call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes(content)
    for arguments, stdin in (([], content), ([f"text_file={tmp_path}/lines.txt"], b"")):
        result = call(main, "voice=none", f"out={tmp_path}/out", *arguments, stdin=stdin)
        assert result.status == 1
        assert len(result.errors) == 1
        assert ": cannot be read as UTF-8 text" in result.errors[0]


def test_a_byte_order_mark_is_no_letter(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    result = call(main, f"voice={tiny_run}", f"out={tmp_path}/out", stdin="\ufeffGo home.\n".encode())
    assert result.status == 0, result.err
    assert json.loads((tmp_path / "out" / "0001.json").read_text("utf-8"))["text"] == "Go home."


def test_a_bad_line_does_not_keep_the_others_from_being_spoken(
    call: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    lines = "Go home.\nGo to {ʘ} church.\n...\nThe old lamp fell.\n家へ\n"
    result = call(main, f"voice={tiny_run}", f"out={tmp_path}/out", stdin=lines)
    assert result.status == 1
    assert sorted(path.stem for path in (tmp_path / "out").glob("*.wav")) == ["0001", "0004"]
    assert len(result.errors) == 1
    assert "3 of 5 lines not spoken; line 2: " in result.errors[0]
    assert "'ʘ' in the word 'ʘ'" in result.errors[0]
    assert "line 3: nothing to say" in result.err
    assert "line 5: " in result.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["text="], "text: no text in it"),
        (["text=Go home.", "text_file=x.txt"], "text and text_file are both given"),
        (["text_file=none.txt"], "text_file=none.txt: cannot be read"),
        (["text=Go \udcff home."], "text: cannot be read as UTF-8 text"),
        ([], "standard input: no text in it"),
        (["text=Go home.", "speed=9"], "choose between 0.25 and 4"),
        (["text=Go home.", "pitch=99"], "pitch=99.0: choose between -24 and 24"),
        (["text=<speak>Go <b>home</b></speak>"], "<speak>, line 1, column 11: <b> is not read"),
        (["text=<speak>Go home</speak>", "verify=none"], "verify and <speak> are both given"),
        (["text=Go home.", "verify=none", "pauses=2"], "verify and pauses are both given"),
        (["text=Go home.", "speed=fast"], "error: speed: expected float, got 'fast'"),
        (["text=Go home.", "speaker=en-us+f4"], "did you mean 'en-us+f3'"),
        (["text=Go home.", "reference=none.wav"], "none.wav"),
        (["text=Go home.", "reference_mode=tune"], "'tune' is not one of prosody, style"),
        (["text=Go home.", "vocoder=griffin_lim", "vocoder.iterations=0"], "iterations"),
        (["text=Go home.", "vocoder=griffin_lim", "vocoder.momentum=1.5"], "momentum"),
        (["text=Go home.", "voice=none"], "none: no voice here"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], complaint: str, call: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    result = call(main, f"voice={tiny_run}", f"out={tmp_path}/out", *arguments)
    assert result.status == 1
    assert len(result.errors) == 1
    assert complaint in result.errors[0]
    assert "Traceback" not in result.err
    assert not list(tmp_path.glob("out/*.wav"))


def test_a_reference_and_the_vocoder_s_settings_are_used(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    corpus = read_manifest(prepared)
    utterance = corpus.utterances[0]
    spoken = {}
    for name, more in {
        "plain": [],
        "quick": ["vocoder=griffin_lim"],
        "like": [f"reference={corpus.audio_path(utterance)}"],
        "style": [f"reference={corpus.audio_path(utterance)}", "reference_mode=style"],
    }.items():
        result = call(main, f"voice={tiny_run}", f"text={utterance.text}", f"out={tmp_path / name}", *more)
        assert result.status == 0, result.err
        spoken[name] = (tmp_path / name / "0001.wav").read_bytes()
    assert len(set(spoken.values())) == 4
    seconds = json.loads((tmp_path / "like" / "0001.json").read_text())["seconds"]
    assert seconds == pytest.approx(utterance.seconds, abs=0.0126)


def test_dollar_signs_in_a_title_are_no_mathematics(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    result = call(main, f"voice={tiny_run}", "text={$m$}}{ $m_$ Go home", f"out={tmp_path}/out", "picture=true")
    assert "Traceback" not in result.err
    result = call(main, f"voice={tiny_run}", "text=Go $ home $\\frac", f"out={tmp_path}/out", "picture=true")
    assert "Traceback" not in result.err


def test_every_vocoder_config_is_valid(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    assert VocoderChoice.options.keys() >= {"auto", "griffin_lim", "istft", "hub"}
    for name in VocoderChoice.options.keys() - {"hub"}:  # which fetches
        result = call(main, f"voice={tiny_run}", f"vocoder={name}", "text=Go home.", f"out={tmp_path}/out")
        assert result.status == 0, result.err


def test_only_its_own_folder_is_spoken_into(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "0001.wav").write_bytes(b"a recording")
    command = (main, f"voice={tiny_run}", "text=Go home.")
    refused = call(*command, f"out={theirs}")
    assert refused.status == 1 and "theirs: holds 0001.wav, which synthesis did not write" in refused.errors[0]
    (theirs / "0001.json").write_text('{"segments": []}', "utf-8")
    assert call(*command, f"out={theirs}").status == 1
    assert (theirs / "0001.wav").read_bytes() == b"a recording"
    assert call(*command, f"out={tmp_path}/own").status == call(*command, f"out={tmp_path}/own").status == 0
    (tmp_path / "own/0002.wav").write_bytes(b"put there")
    partly = call(main, f"voice={tiny_run}", f"out={tmp_path}/own", stdin="Go home.\nGo home.\n")
    assert partly.status == 1 and "1 of 2 lines not spoken; line 2: " in partly.errors[0]
    assert (tmp_path / "own/0002.wav").read_bytes() == b"put there"
    (tmp_path / "own/0001.TextGrid").unlink()
    (tmp_path / "own/0001.TextGrid").mkdir()
    in_the_way = call(*command, f"out={tmp_path}/own")
    assert in_the_way.status == 1 and "what is called 0001 in" in in_the_way.errors[0]
    (tmp_path / "own/0001.TextGrid").rmdir()
    (tmp_path / "own/.smma-tts.json").unlink()  # as versions left it that made no marks
    assert call(*command, f"out={tmp_path}/own").status == 0


def test_a_reference_of_another_text_is_told(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts.synthesis.recording.MISFIT_LIMIT", 1e-9)
    corpus = read_manifest(prepared)
    reference = f"reference={corpus.audio_path(corpus.utterances[0])}"
    result = call(main, f"voice={tiny_run}", "text=Go home.", f"out={tmp_path}/out", reference)
    assert result.status == 0
    assert "warning: line 1: the reference seems to say something else" in result.err
    assert "reference_mode=style" in result.err
    styled = call(main, f"voice={tiny_run}", "text=Go home.", f"out={tmp_path}/out", reference, "reference_mode=style")
    assert styled.status == 0 and "warning" not in styled.err
