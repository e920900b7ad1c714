"""A voice folder from an untrusted source: settings, card and symbols are checked, and nothing in them is run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.synthesis.sealed import edit_config, edit_info, reseal
from tts.errors import UserError
from tts.storage.plain_data import plain_file
from tts.synthesis.folder import FORMAT
from tts.synthesis.voice import Voice


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


@pytest.mark.parametrize("kilobyte", ["l0: &l0 [x]\n", "l0: &l0 {x: y}\n"])
def test_aliases_are_refused_before_they_grow(kilobyte: str, tmp_path: Path) -> None:
    for k in range(1, 30):
        kilobyte += f"l{k}: &l{k} [{', '.join([f'*l{k - 1}'] * 9)}]\n"
    (tmp_path / "config.yaml").write_text(kilobyte)
    with pytest.raises(UserError, match=r"config\.yaml: cannot be read: aliases and tags"):
        plain_file(tmp_path / "config.yaml")


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
        (lambda c: c["audio"].update(hop_length=1), r"audio\.hop_length=1 at audio\.sample_rate=24000"),
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
        (lambda i: i.update(speakers=[f"s{k}" for k in range(50)], native=[]), "different models"),
        (lambda i: i.update(native=["en-us"]), "native: must name one of the languages for each speaker"),
        (lambda i: i.update(native=["en-us", "de"]), "native: must name"),
        (lambda i: i.update(languages=["en-us", "de"]), "different models"),
        (lambda i: i.update(languages=["de"], native=[]), "languages: must hold en-us"),
        (lambda i: i.update(languages=["en-us"] * 2), "none twice"),
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
