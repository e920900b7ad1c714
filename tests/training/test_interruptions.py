"""Signals and full disks in the middle of a run: what is done is kept."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.runs import SETTINGS, assert_same, last, watch
from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.training.hardware.stopping import StopRequest


@pytest.mark.parametrize(("number", "within"), [(signal.SIGINT, "train_step"), (signal.SIGTERM, "validate")])
def test_a_signal_lets_the_step_end_and_keeps_it(
    number: signal.Signals, within: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    settings = (*SETTINGS, "trainer.checkpoint_every=100")
    whole = make_trainer(tmp_path / "whole", *settings)
    seen_whole = watch(whole)
    whole.fit()
    first = make_trainer(tmp_path / "parts", *settings)
    seen = watch(first)
    work = getattr(first, within)

    def interrupted(*arguments: Any) -> Any:
        if first.step == 3:
            signal.raise_signal(number)
            assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL, "a second one ends the process at once"
        return work(*arguments)

    setattr(first, within, interrupted)
    before = signal.getsignal(number)
    with first.stop:
        first.fit()
    assert signal.getsignal(number) == before
    assert first.stopped
    assert first.stop.number == number
    assert first.step == 4
    assert Voice.load(tmp_path / "parts").info.training["step"] == 4
    second = make_trainer(tmp_path / "parts", *settings, "resume=auto")
    seen_rest = watch(second)
    second.fit()
    assert not second.stopped
    assert seen + seen_rest == seen_whole
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_a_signal_in_the_last_step_stops_nothing(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    step = trainer.train_step

    def interrupted(*arguments: Any) -> Any:
        if trainer.step == 5:
            signal.raise_signal(signal.SIGINT)
        return step(*arguments)

    trainer.train_step = interrupted
    with trainer.stop:
        assert trainer.fit(), "the last validation"
    assert not trainer.stopped


def test_a_signal_before_the_steps_ends_the_run() -> None:
    with pytest.raises(KeyboardInterrupt), StopRequest() as stop:
        signal.raise_signal(signal.SIGTERM)
    assert stop.number == signal.SIGTERM


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system does not tell of closed terminals")
def test_a_closed_terminal_stops_a_run_unless_it_was_started_to_ignore_that() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with StopRequest() as stop, stop.deferred():
            signal.raise_signal(signal.SIGHUP)
        assert stop.number == signal.SIGHUP
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as by nohup
        with StopRequest() as stop:
            signal.raise_signal(signal.SIGHUP)
        assert stop.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("work", ["export", "validate", "log_step"])
def test_a_full_disk_is_one_line_that_names_what_is_kept(
    work: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    do = getattr(trainer, work)

    def full(*arguments: Any) -> Any:
        if trainer.step >= 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "voice"))
        return do(*arguments)

    setattr(trainer, work, full)
    with pytest.raises(UserError, match=r"step [56]: .*voice: No space left.*last\.pt is as it was.*resume=auto"):
        trainer.fit()
    assert last(tmp_path)["step"] == 3
    assert Voice.load(tmp_path).info.training["step"] == 3
