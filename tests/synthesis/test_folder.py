"""A voice folder: what is saved is loaded; a file that is missing or changed is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.synthesis.sealed import FILES
from tts.errors import UserError
from tts.synthesis.folder import save_voice
from tts.synthesis.voice import Voice

TEXT = "The old lamp fell."


def test_round_trip(copy: Path, tmp_path: Path) -> None:
    voice = Voice.load(copy)
    save_voice(tmp_path / "again", voice.model, voice.config, voice.table, voice.info)
    again = Voice.load(tmp_path / "again")
    assert (again.config, again.table, again.info) == (voice.config, voice.table, voice.info)
    one, other = voice.synthesize(TEXT), again.synthesize(TEXT)
    torch.testing.assert_close(one.mel, other.mel, rtol=0, atol=0)
    torch.testing.assert_close(one.wav, other.wav, rtol=0, atol=0)
    assert one.phones == other.phones
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == sorted(FILES)


def test_a_voice_says_whose_it_is_and_how_it_was_made(tiny_run: Path) -> None:
    info = Voice.load(tiny_run).info
    assert info.speakers == ("en-us+f3", "en-us+m3")
    assert info.language == "en-us"
    assert "GPL" in info.licence
    assert "espeak" in info.credits
    assert info.training["step"] == 6
    assert info.training["name"] == "tiny"
    assert info.training["smma_tunable"] is True


def test_the_voice_holds_the_averaged_weights(tiny_run: Path) -> None:
    state = torch.load(tiny_run / "checkpoints" / "last.pt", weights_only=True)
    weights = load_file(tiny_run / "voice" / "model.safetensors")
    for name, value in weights.items():
        assert torch.equal(value, state["average"][f"module.{name}"]), name
    assert not torch.equal(weights["decoder.envelope.weight"], state["model"]["decoder.envelope.weight"])


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, copy: Path) -> None:
    (copy / name).unlink()
    with pytest.raises(UserError, match=rf"{name}: missing"):
        Voice.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_symlinks_are_not_followed(name: str, copy: Path, tmp_path: Path) -> None:
    (copy / name).rename(tmp_path / "elsewhere")
    (copy / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=rf"{name}: missing or not a plain file"):
        Voice.load(copy)


@pytest.mark.parametrize("name", FILES[:3])
@pytest.mark.parametrize("at", [0.1, 0.5, 0.99])
def test_a_changed_byte_is_noticed(name: str, at: float, copy: Path) -> None:
    content = bytearray((copy / name).read_bytes())
    content[int(at * len(content))] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name}: changed since training"):
        Voice.load(copy)


def test_an_empty_or_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no voice here; give the folder that training wrote"):
        Voice.load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="no voice here"):
        Voice.load(tmp_path / "file")
    with pytest.raises(UserError, match="missing"):
        Voice.load(tmp_path)


def test_a_run_s_voice_is_found_between_two_renames(copy: Path) -> None:
    copy.rename(copy.with_name(".voice.old"))
    assert Voice.load(copy.parent).info.speakers == Voice.load(copy).info.speakers
