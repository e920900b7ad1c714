"""What a command and a script say of themselves: keys, defaults, choices, the whole config."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.watched import seen_by
from tts.commands.cli import command, load_config
from tts.commands.composition.options import options_of
from tts.commands.composition.tasks import SETTINGS
from tts.storage.resources import folder

HELPS = [
    *((name,) for name in sorted(SETTINGS)),
    ("train", "experiment=vocoder_universal"),
    ("train", "model/decoder=autoregressive"),
    ("train", "corpus=mix"),
    *(("prepare", f"corpus={layout}") for layout in ("espeak", "hibari", "libritts", "ljspeech", "vctk")),
    *(("synthesize", f"vocoder={vocoder}") for vocoder in ("griffin_lim", "hub", "istft")),
]


@pytest.mark.parametrize("asked", HELPS, ids=" ".join)
def test_help_explains_every_key_and_its_default(asked: tuple[str, ...], call: Callable[..., Any]) -> None:
    main, configs = seen_by(asked[0])
    result = call(main, "--help", *asked[1:])
    assert result.status == 0 and not configs, result.err
    entries = re.split(r"\n  (?=\S)", result.out.partition("Keys and their defaults:")[2].partition("\n\n")[0])[1:]
    assert [entry for entry in entries if not re.search(r"=.*?(  +|\n +)\S", entry)] == []
    assert "seed=0" in result.out or asked[0] != "train"
    assert "python scripts/" in result.out


def test_every_choice_is_explained_too() -> None:
    load_config("train"), load_config("synthesize"), load_config("prepare")
    root = folder("configs")
    groups = {str(path.parent.relative_to(root)) for path in root.rglob("*/*.yaml")} | {"vocoder", "model/decoder"}
    assert [(group, name) for group in groups for name, said in options_of(group).items() if not said] == []


def test_the_whole_config_can_be_printed(call: Callable[..., Any]) -> None:
    main, configs = seen_by("train")
    result = call(main, "--cfg", "job", "experiment=exact_times", "seed=3")
    assert result.status == 0 and not configs
    assert yaml.safe_load(result.out) == {**load_config("train", ["experiment=exact_times", "seed=3"]), "plugins": []}


def test_help_names_configs_of_the_user_s_own(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/tiny.yaml").write_text("# @package _global_\n# Mine.\nseed: 3\n", "utf-8")
    said = call(seen_by("train")[0], "--config-dir", f"{tmp_path}/mine", "--help").out
    assert re.search(r"    tiny +Mine\.", said) and "    one_speaker " in said


def test_resolving_is_done_and_may_be_asked_for(call: Callable[..., Any]) -> None:
    result = call(seen_by("train")[0], "--cfg", "job", "--resolve", "name=n")
    assert result.status == 0 and yaml.safe_load(result.out)["run_dir"] == "runs/n"
    assert "--resolve" in call(seen_by("train")[0], "--help").out


def test_help_shows_only_what_the_command_takes(call: Callable[..., Any]) -> None:
    synthesize, train = (call(seen_by(name)[0], "-h").out for name in ("synthesize", "train"))
    assert (
        "corpus" not in synthesize and "trainer." not in synthesize and "experiment" not in synthesize.split("Keys")[1]
    )
    prepared = call(command(lambda _: None, "train", prepared=True), "--help").out
    assert "  corpus.out=" in prepared and "  corpus.licence=" not in prepared
    assert "\n    vocoder_allison " not in train and "  corpus.licence=" in train
    assert "  run_dir=runs/exact_times" in call(seen_by("train")[0], "experiment=exact_times", "--help").out


SCRIPTS_FOLDER = folder("configs").parent / "scripts"


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS_FOLDER.glob("*.py")))
def test_help_of_a_script_does_nothing_else(
    script: str, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS_FOLDER))
    result = call(lambda: runpy.run_path(str(SCRIPTS_FOLDER / script), run_name="__main__"), "--help")
    assert result.status == 0 and f"python scripts/{script}" in result.out and "error" not in result.err
    assert list(Path.cwd().iterdir()) == []
