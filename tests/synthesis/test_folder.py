"""A voice folder: what is saved is loaded, and a folder from an untrusted source is checked."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from tts.errors import UserError
from tts.storage.plain_data import plain_file
from tts.synthesis.folder import FORMAT, load_voice, save_voice
from tts.synthesis.voice import Voice

FILES = ("config.yaml", "model.safetensors", "symbols.json", "voice.json")
TEXT = "The old lamp fell."


@pytest.fixture
def copy(tiny_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_run / "voice", tmp_path / "voice")


def reseal(folder: Path) -> None:
    """Give changed files the hashes that go with them, as someone who means harm would."""
    info = json.loads((folder / "voice.json").read_text())
    for name in info["sha256"]:
        info["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "voice.json").write_text(json.dumps(info))


def edit_config(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text())
    change(config)
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    reseal(folder)


def edit_info(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    info = json.loads((folder / "voice.json").read_text())
    change(info)
    (folder / "voice.json").write_text(json.dumps(info))


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


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_weights_cut_short_are_refused_even_with_matching_hashes(share: float, copy: Path) -> None:
    path = copy / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        Voice.load(copy)


@pytest.mark.parametrize(
    "content",
    [
        "!!python/object/apply:os.mkdir [{mark}]",
        "audio: !!python/object/apply:os.mkdir [{mark}]",
        "audio: !!python/object/new:os.mkdir {{args: [{mark}]}}",
        "audio: !!python/name:os.system ''",
        "a: &a [x,x]\nb: &b [*a,*a]\naudio: {{sample_rate: *b}}",
        "x: 2001-99-99",
        "x: 0b_",
        "x: " + "9" * 5000,
        "!!int foo",
        "!!int ''",
        "!!timestamp foo",
        "a: &a [x]\naudio: *a",
        "[1, 2]",
        "",
        "audio: {{",
        "\x00",
        "[" * 3000,
        "- " * 3000 + "x",
    ],
)
def test_yaml_that_is_not_plain_settings_is_refused_and_not_run(content: str, copy: Path, tmp_path: Path) -> None:
    mark = tmp_path / "it_ran"
    (copy / "config.yaml").write_text(content.format(mark=mark))
    reseal(copy)
    with pytest.raises(UserError, match=r"config\.yaml"):
        Voice.load(copy)
    assert not mark.exists()


@pytest.mark.parametrize(
    "value", ["${oc.env:HOME}", "${python:1}", "${hydra:runtime.cwd}", "???", {"_target_": "os.mkdir"}]
)
def test_interpolations_and_targets_are_plain_values(value: Any, copy: Path) -> None:
    edit_config(copy, lambda config: config["model"].update(width=value))
    with pytest.raises(UserError, match=r"model\.width: expected int"):
        Voice.load(copy)


def test_an_interpolation_where_a_text_belongs_is_only_a_text(copy: Path) -> None:
    edit_info(copy, lambda info: info.update(credits="${oc.env:HOME}"))
    assert Voice.load(copy).info.credits == "${oc.env:HOME}"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: c["model"].update(_target_="os.system"), "unknown key '_target_'"),
        (lambda c: c["model"].update(widht=3), "unknown key 'widht'; did you mean 'width'"),
        (lambda c: c.pop("audio"), "the key 'audio' is missing"),
        (lambda c: c["text"].update(units="runes"), "'runes' is not one of"),
        (lambda c: c["text"].update(language="../../etc"), "etc"),
        (lambda c: c["model"].update(width="wide"), "expected int"),
        (lambda c: c["model"].update(width=True), "expected int"),
        (lambda c: c["model"].update(width=-16), "width must lie between"),
        (lambda c: c["model"].update(width=10**12), "width must lie between"),
        (lambda c: c["model"].update(width=8192), "different models"),
        (lambda c: c["model"]["decoder"].update(layers=10**6), "layers must lie between"),
        (lambda c: c["model"]["decoder"].update(layers=64), "different models"),
        (lambda c: c["model"]["decoder"].update(kernel=4), r"config\.yaml|different models"),
        (lambda c: c["model"]["text_encoder"].update(dropout=7.0), "dropout"),
        (lambda c: c["model"]["reference_encoder"].update(channels=[10**9]), "channels must be"),
        (lambda c: c["model"]["attention"].update(heads=10**6), "heads"),
        (lambda c: c["audio"].update(n_mels=10**9), "n_mels is beyond 1024"),
        (lambda c: c["audio"].update(n_fft=10**12), "n_fft is beyond 32768"),
        (lambda c: c["audio"].update(sample_rate=0), "sample_rate"),
        (lambda c: c["audio"].update(hop_length=0), "hop_length"),
        (lambda c: c["audio"].update(floor=float("nan")), "floor"),
        (lambda c: c["audio"].update(floor=1e-40), "floor must lie between"),
        (lambda c: c["audio"].update(hop_length=1), r"audio\.hop_length=1 at audio\.sample_rate=16000"),
        (lambda c: c["audio"].update(sample_rate=10**401), "sample_rate: expected int"),
        (lambda c: c["model"]["decoder"].update(kind=["x"]), r"decoder\.kind: \['x'\] is not one of"),
    ],
)
def test_settings_that_no_voice_has_are_refused(change: Callable[[Any], Any], complaint: str, copy: Path) -> None:
    edit_config(copy, change)
    with pytest.raises(UserError, match=complaint):
        Voice.load(copy)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda i: i.update(speakers=[]), "at least one speaker"),
        (lambda i: i.update(speakers="en-us"), "expected a list"),
        (lambda i: i.update(speakers=["one"] * 2), "none twice"),
        (lambda i: i.update(speakers=[f"s{k}" for k in range(50)]), "different models"),
        (lambda i: i.update(format=2), f"format 2, this version reads {FORMAT}"),
        (lambda i: i.pop("licence"), "'licence' is missing"),
        (lambda i: i.update(sha256={}), "changed since training"),
        (lambda i: i.update(sha256=[]), "expected a mapping"),
        (lambda i: i.update(run="rm"), "unknown key 'run'"),
        (lambda i: i.update(speakers=["\ud800", "b"]), "surrogates not allowed"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(change: Callable[[Any], Any], complaint: str, copy: Path) -> None:
    edit_info(copy, change)
    with pytest.raises(UserError, match=complaint):
        Voice.load(copy)


@pytest.mark.parametrize("content", ["", "[", "[]", "{}", "null", "[" * 100000, '"' + "x" * (2 << 20) + '"', "\xff"])
@pytest.mark.parametrize("name", ["voice.json", "symbols.json"])
def test_broken_json_is_refused(name: str, content: str, copy: Path) -> None:
    (copy / name).write_bytes(content.encode("latin-1"))
    if name != "voice.json":
        reseal(copy)
    with pytest.raises(UserError, match=name):
        Voice.load(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1],
        lambda s: [*s, "ʘ"],
        lambda s: [*s[:-1], s[-2]],
        lambda s: s[1:],
        lambda s: [*s[:-1], 7],
        lambda s: [*s[:-1], ""],
        lambda s: [*s[:-1], "\u0315\u0300" * 1000],
        lambda s: [*s, *map(str, range(20_000)), "19999"],
    ],
)
def test_symbols_that_do_not_fit_the_weights_are_refused(change: Callable[[Any], Any], copy: Path) -> None:
    symbols = json.loads((copy / "symbols.json").read_text())
    (copy / "symbols.json").write_text(json.dumps(change(symbols)))
    reseal(copy)
    with pytest.raises(UserError, match=r"symbols\.json|different models"):
        Voice.load(copy)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers_are_refused(value: float, copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["decoder.envelope.bias"][3] = value
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"decoder\.envelope\.bias holds values that are not numbers"):
        Voice.load(copy)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shortest.frames", 20_000.0), ("shortest.frames", -1.0), ("mel_mean", 1e38), ("mel_std", 0.0),
        ("variance.recorded", -1.0), ("duration_predictor.out.bias", 1e30), ("decoder.harmonics", 1e3),
    ],
)  # fmt: skip
def test_weights_that_no_training_makes_are_refused(name: str, value: float, copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights[name].fill_(value)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=rf"{name} holds values from .* and training makes none beyond"):
        Voice.load(copy)


def test_all_weights_times_a_huge_number_are_refused(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    save_file({n: v * 1e30 if v.is_floating_point() else v for n, v in weights.items()}, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match="training makes none beyond"):
        Voice.load(copy)


@pytest.mark.parametrize("heads", [[False, False], [True, True]])
def test_heads_that_no_switch_chooses_are_refused(heads: list[bool], copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["attention.monotonic"] = torch.tensor(heads)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"attention\.monotonic chooses .* heads"):
        Voice.load(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.pop("decoder.envelope.bias"),
        lambda w: w.update(extra=torch.zeros(1)),
        lambda w: w.update({"decoder.envelope.bias": torch.zeros(3)}),
        lambda w: w.update({"decoder.envelope.bias": torch.zeros(80, dtype=torch.complex64)}),
        lambda w: w.update({"attention.monotonic": torch.zeros(2, dtype=torch.bool)}),
    ],
)
def test_weights_of_another_model_are_refused(change: Callable[[Any], Any], copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    change(weights)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors"):
        Voice.load(copy)


def test_a_pickle_in_place_of_weights_is_refused_and_not_run(copy: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "it_ran"),)

    torch.save({"weights": Bomb()}, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        Voice.load(copy)
    assert not (tmp_path / "it_ran").exists()


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


@pytest.mark.parametrize("kilobyte", ["l0: &l0 [x]\n", "l0: &l0 {x: y}\n"])
def test_aliases_are_refused_before_they_grow(kilobyte: str, tmp_path: Path) -> None:
    for k in range(1, 30):
        kilobyte += f"l{k}: &l{k} [{', '.join([f'*l{k - 1}'] * 9)}]\n"
    (tmp_path / "config.yaml").write_text(kilobyte)
    with pytest.raises(UserError, match=r"config\.yaml: cannot be read: aliases and tags"):
        plain_file(tmp_path / "config.yaml")


class PowerCut(BaseException):
    pass


def steps_of(saving: Callable[[], None], monkeypatch: pytest.MonkeyPatch, stop: int | None) -> int:
    """Run `saving`, counting what it does to the disk; the power goes off just before step `stop`."""
    count = 0

    def guard(original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            if count == stop:
                raise PowerCut
            count += 1
            return original(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for where, name in (
            (Path, "rename"), (Path, "write_text"), (Path, "mkdir"), (Path, "unlink"), (Path, "rmdir"), (os, "fsync"),
            (Path, "write_bytes"),
        ):  # fmt: skip
            patch.setattr(where, name, guard(getattr(where, name)))
        try:
            saving()
        except PowerCut:
            assert stop is not None
    return count


def test_a_crash_at_any_moment_leaves_a_loadable_voice(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, config, table, info = load_voice(copy)
    with torch.no_grad():
        model.decoder.envelope.bias.fill_(0.5)

    def marks(folder: Path) -> float:
        return load_voice(folder)[0].decoder.envelope.bias.mean().item()

    old = marks(copy)
    steps = steps_of(lambda: save_voice(tmp_path / "new", model, config, table, info), monkeypatch, None)
    steps = max(steps, steps_of(lambda: save_voice(tmp_path / "new", model, config, table, info), monkeypatch, None))
    assert steps >= 8
    found = set()
    for stop in range(steps + 1):
        folder = shutil.copytree(copy, tmp_path / f"run{stop}" / "voice")
        (folder / "README.md").write_text("the user's", "utf-8")
        steps_of(lambda folder=folder: save_voice(folder, model, config, table, info), monkeypatch, stop)
        mark = marks(folder)
        assert mark in (old, 0.5), stop
        assert Voice.load(folder.parent if folder.exists() else folder).info == info or mark == 0.5
        found.add(mark)
        save_voice(folder, model, config, table, info)
        assert marks(folder) == 0.5
        assert [path.name for path in folder.parent.iterdir()] == ["voice"], "a draft was left behind"
        assert (folder / "README.md").read_text("utf-8") == "the user's"
        assert sorted(path.name for path in folder.iterdir()) == sorted((*FILES, "README.md"))
    assert found == {old, 0.5}


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_who_may_read_new_files_may_read_a_voice(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "any").write_text("a file like any other", "utf-8")
    save_voice(tmp_path / "new", *load_voice(copy))
    assert {path.stat().st_mode for path in (tmp_path / "new").iterdir()} == {(tmp_path / "any").stat().st_mode}


@pytest.mark.parametrize("content", [None, "", "[]", '{"speakers": []}'])
def test_a_folder_that_holds_no_model_is_not_replaced(content: str | None, copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "voice"
    folder.mkdir(parents=True)
    (folder / "rec.wav").write_bytes(b"the user's")
    if content is not None:
        (folder / "voice.json").write_text(content, "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    model, config, table, info = load_voice(copy)
    with pytest.raises(UserError, match=r"mine/voice: holds rec\.wav.*no model"):
        save_voice(folder, model, config, table, info)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["voice"]


def test_a_full_disk_leaves_the_old_voice_and_says_so(copy: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    model, config, table, info = load_voice(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"(?i)file.* too large.*voice"):
            save_voice(copy, model, config, table, info)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert [path.name for path in copy.parent.iterdir()] == ["voice"], "a draft was left behind"
