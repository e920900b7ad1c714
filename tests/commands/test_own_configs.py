"""Configs and packages of the user's own, on the command line."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.commands.watched import CHECKS, seen_by
from tts.commands.cli import command, load_config


@pytest.mark.parametrize("error", ["KeyError('voice')", "FileNotFoundError(2, 'No such file', 'a.txt')"])
def test_an_error_in_a_plugin_names_it(
    error: str,
    call: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "faulty.py").write_text(f"def work(config):\n    raise {error}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "faulty", raising=False)
    main = command(lambda config: import_module("faulty").work(config), "synthesize")
    try:
        written = call(main, "plugins=[faulty]", "voice=v").err
    except KeyError:  # a bug, which keeps its traceback
        written = capsys.readouterr().err
        assert "KeyError" in error
    assert written.startswith(f"error: plugin faulty ({tmp_path}/faulty.py:2): ")
    assert written.count("\n") == 1 and ("voice" in written or "No such file: 'a.txt'" in written)


def test_configs_of_the_user_s_own(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/tiny.yaml").write_text("# @package _global_\nmodel: {width: 32}\n", "utf-8")
    main, configs = seen_by("train")
    assert call(main, "--config-dir", str(tmp_path / "mine"), "experiment=tiny").status == 0
    assert configs[0]["model"]["width"] == 32


@pytest.mark.parametrize(
    ("given", "file", "complaint"),
    [
        ("mine/experiment", "mine/experiment/tiny.yaml", "mine/experiment/tiny.yaml: give --config-dir {}/mine"),
        ("mine", "mine/configs/experiment/tiny.yaml", "give --config-dir {}/mine/configs"),
        ("mine", "mine/tiny.yaml", "{}/mine/tiny.yaml belongs in the folder {}/mine/experiment, as --config-dir"),
        ("mine", "mine/other.yaml", "no such config in {}/mine/experiment or the package's configs/experiment; "),
        ("mine", "mine/experiment/tinny.yaml", "did you mean 'tinny'?"),
    ],
)  # fmt: skip
def test_a_config_in_another_place_is_found(
    given: str, file: str, complaint: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("# @package _global_\nseed: 3\n", "utf-8")
    result = call(seen_by("train")[0], "--config-dir", f"{tmp_path}/{given}", "experiment=tiny")
    assert result.status == 1 and complaint.replace("{}", str(tmp_path)) in result.errors[0]


def test_an_experiment_without_its_first_line_is_told_so(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/tiny.yaml").write_text("# Mine.\nseed: 3\n", "utf-8")
    result = call(seen_by("train")[0], "--config-dir", str(tmp_path), "experiment=tiny")
    assert result.status == 1
    assert f"{tmp_path}/experiment/tiny.yaml: its first line must be `# @package _global_`" in result.errors[0]


@pytest.mark.parametrize(
    ("written", "given", "complaint"),
    [
        ("trainer: {max_step: 3}", [], "trainer: unknown key 'max_step'; did you mean 'max_steps'?"),
        ("seed: 3", ["trainer.max_step=3"], "unknown key 'trainer.max_step'; did you mean 'trainer.max_steps'?"),
        ("defaults: [override /vocoder: istft]", [], "experiment/tiny: vocoder is no key of this command"),
    ],
)
def test_a_mistake_beside_an_experiment_of_the_user_s_own_is_named(
    written: str, given: list[str], complaint: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/tiny.yaml").write_text(f"# @package _global_\n{written}\n", "utf-8")
    main = command(lambda _: pytest.fail("it ran"), "train", **CHECKS["train"])
    result = call(main, "--config-dir", str(tmp_path), "experiment=tiny", *given)
    assert result.status == 1 and complaint in result.errors[0]


def test_a_term_of_the_loss_from_a_package_is_a_key_like_others() -> None:
    assert load_config("train", ["loss.terms.delta=0.5"])["loss"]["terms"] == {"delta": 0.5}
    assert load_config("train", ["+loss.terms.delta=0.5"])["loss"]["terms"] == {"delta": 0.5}, "as it had to be before"
