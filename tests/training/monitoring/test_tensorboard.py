"""What TensorBoard is given, read back from the event files."""

import io
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from matplotlib import colormaps
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugin_util import markdown_to_safe_html

from tts.data.manifest import read_manifest
from tts.training.monitoring.axes import Axes
from tts.training.monitoring.tensorboard import ColourMap, TensorBoard

DEVICE = torch.device("cpu")


def events(folder: Path) -> EventAccumulator:
    accumulator = EventAccumulator(str(folder), size_guidance={"images": 0, "audio": 0, "scalars": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def picture(event: Any) -> np.ndarray:
    """`[height, width, 3]`."""
    return np.asarray(Image.open(io.BytesIO(event.encoded_image_string)).convert("RGB"))


def within_axes(event: Any, tokens: int, frames: int) -> np.ndarray:
    """`[tokens, frames, 3]`, one pixel for each value, of a picture in whose axes all pixels of one value are alike."""
    drawn = picture(event)
    dark = np.abs(drawn[..., 1].astype(int) - 255) > 0  # no colour of the map is white
    solid = [np.flatnonzero(dark.mean(1 - axis) > 0.6) for axis in (0, 1)]
    rows, columns = (slice(int(lines[0]), int(lines[-1]) + 1) for lines in solid)
    inside = drawn[rows, columns]
    tall, wide = inside.shape[0] // tokens, inside.shape[1] // frames
    assert inside.shape == (tall * tokens, wide * frames, 3)
    values = inside[::tall, ::wide]
    np.testing.assert_array_equal(values.repeat(tall, 0).repeat(wide, 1), inside)
    return values


@pytest.fixture(scope="module")
def watched_run(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A run whose every step is logged, and what each step's model reported."""
    run_dir = tmp_path_factory.mktemp("watched")
    trainer = make_trainer(
        run_dir, "debug=fast", "smma.hard_share=0.5", "trainer.frames_per_batch=800", "loss.guided=0.1"
    )
    reports = []
    read: list[torch.Tensor] = []
    regulator = trainer.model.decoder.length_regulator
    regulator.register_forward_pre_hook(lambda _, inputs: read.append(inputs[1].detach().clone()))
    step = trainer.train_step

    def watched(batch: Any, progress: float) -> Any:
        read.clear()
        result = step(batch, progress)
        reports.append((batch, result[1], read[0]))
        return result

    trainer.train_step = watched
    trainer.fit()
    return run_dir, reports


def test_the_picture_is_the_alignment_that_the_decoder_read(watched_run: tuple[Path, list[Any]]) -> None:
    run_dir, reports = watched_run
    shown = events(run_dir / "tensorboard").Images("alignment/used")
    assert [event.step for event in shown] == [1, 2, 3, 4, 5, 6]
    colours = ColourMap("magma", DEVICE)
    for event, (batch, _, read) in zip(shown, reports, strict=True):
        frames, tokens = int(batch.mel_lengths[0]), int(batch.text.lengths[0])
        expected = colours(read[0, :frames, :tokens]).permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(within_axes(event, tokens, frames), expected)


def test_every_head_and_the_focused_one_are_shown(watched_run: tuple[Path, list[Any]]) -> None:
    run_dir, reports = watched_run
    board = events(run_dir / "tensorboard")
    colours = ColourMap("magma", DEVICE)
    heads = {h: board.Images(f"alignment/head_{h}") for h in range(2)}
    for k, (batch, report, _) in enumerate(reports):
        frames, tokens = int(batch.mel_lengths[0]), int(batch.text.lengths[0])
        for h in range(2):
            expected = colours(report.heads[0, h, :frames, :tokens]).permute(1, 2, 0).numpy()
            np.testing.assert_array_equal(within_axes(heads[h][k], tokens, frames), expected)
        focused = board.Images("alignment/focused_head")[k].encoded_image_string
        assert focused == heads[int(report.focus.argmax())][k].encoded_image_string


def test_every_quantity_is_logged_at_every_step(watched_run: tuple[Path, list[Any]]) -> None:
    run_dir, reports = watched_run
    board = events(run_dir / "tensorboard")
    expected = {
        *(f"loss/{name}" for name in ("mel", "forward_sum", "guided", "duration", "prosody")),
        *(f"weight/{name}" for name in ("mel", "forward_sum", "guided", "duration", "prosody")),
        *(f"path/{name}" for name in ("monotonicity", "skipped", "repeated", "unfinished")),
        *(f"train/{name}" for name in ("phase", "lr", "gradient_norm", "frames_per_second", "memory_mb")),
        "focus_rate/head_0", "focus_rate/head_1",
    }  # fmt: skip
    tags = set(board.Tags()["scalars"])
    assert expected <= tags
    for tag in expected:
        assert [event.step for event in board.Scalars(tag)] == [1, 2, 3, 4, 5, 6], tag
    for name in ("mel", "forward_sum", "guided", "duration", "prosody"):
        logged = [event.value for event in board.Scalars(f"loss/{name}")]
        assert logged == pytest.approx([float(report.terms[name]) for _, report, _ in reports])
    valid = {tag for tag in tags if tag.startswith("valid/")}
    assert {"valid/mel", "valid/mel_from_text", "valid/length_error", "valid/focus_rate"} <= valid
    for tag in valid:
        assert [event.step for event in board.Scalars(tag)] == [3, 6], tag


def test_the_switch_is_marked(watched_run: tuple[Path, list[Any]]) -> None:
    board = events(watched_run[0] / "tensorboard")
    assert [event.value for event in board.Scalars("train/phase")] == [0, 0, 0, 1, 1, 1]
    assert [event.step for event in board.Scalars("train/switch")] == [3]
    (text,) = board.Tensors("run/switch/text_summary")
    assert text.step == 3
    assert b"stepwise monotonic attention from here on" in text.tensor_proto.string_val[0]
    (config,) = board.Tensors("run/config/text_summary")
    assert b"switch_step: 3" in config.tensor_proto.string_val[0]


def test_validation_shows_mels_alignment_and_sound(watched_run: tuple[Path, list[Any]]) -> None:
    board = events(watched_run[0] / "tensorboard")
    for utterance in ("valid_1", "valid_2"):
        for kind in ("alignment", "mel_target", "mel_reconstructed", "mel_synthesised"):
            shown = board.Images(f"{utterance}/{kind}")
            assert [event.step for event in shown] == [3, 6]
            assert all(len(np.unique(picture(event))) > 10 for event in shown), f"{utterance}/{kind} is blank"
        target = board.Images(f"{utterance}/mel_target")
        assert target[0].encoded_image_string == target[1].encoded_image_string
        for kind, steps in (("synthesised", [3, 6]), ("reconstructed", [3, 6]), ("recording", [3])):
            sounds = board.Tensors(f"{utterance}/{kind}")
            assert [event.step for event in sounds] == steps
            wav, rate = soundfile.read(io.BytesIO(sounds[-1].tensor_proto.string_val[0]))
            assert rate == 24000
            assert np.abs(wav).max() > 0
            if kind == "recording":
                assert len(wav) == pytest.approx(picture(target[0]).shape[1] * 300, abs=600)


def test_sounds_say_which_text_is_spoken(watched_run: tuple[Path, list[Any]], prepared: Path) -> None:
    board = events(watched_run[0] / "tensorboard")
    texts = {f"espeak/{u.id}: {u.text}" for u in read_manifest(prepared).utterances}
    for utterance in ("valid_1", "valid_2"):
        (written,) = board.Tensors(f"{utterance}/text/text_summary")
        said = written.tensor_proto.string_val[0].decode()
        assert said.strip() in texts
        for kind in ("recording", "synthesised", "reconstructed"):
            assert board.SummaryMetadata(f"{utterance}/{kind}").summary_description == said


def test_axes_name_the_utterance_its_phones_and_seconds() -> None:
    """Whatever their labels are, and however short or long the alignment is."""
    values = np.zeros((2, 3, 3), np.uint8)
    named, unnamed = (Axes(title, ["a", "b"], 3, 0.0125).around(values) for title in ("id, step 1\ntext", " \n "))
    assert named.shape == unnamed.shape
    where = np.argwhere((named != unnamed).any(-1))
    assert len(where)
    assert where[:, 0].max() < 40, "the title is above"
    for labels, frames in ((["<s>"], 1), (["a$\\frac$b", "漢", "\x07", ""], 2), (["a", "b"] * 300, 4000)):
        axes = Axes("漢 $x$ " * 1000 + "\n\ud800", labels, frames, 0.0125)
        drawn = axes.around(np.zeros((len(labels), frames, 3), np.uint8))
        left, top, right, bottom = axes.box
        assert not drawn[top:bottom, left:right].any()
        for margin in (drawn[:top], drawn[top:bottom, :left], drawn[bottom:]):
            assert margin.min() < 255, "nothing is written there"
        assert drawn[:, [0, -1]].min() == 255, "cut off"


def test_what_could_not_be_measured_has_no_point(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path, DEVICE)
    board.scalars({"valid/pitch_error": float("nan"), "valid/mel": 1.0}, 1)
    board.scalars({"valid/pitch_error": 2.0}, 2)
    board.close()
    assert [(event.step, event.value) for event in events(tmp_path).Scalars("valid/pitch_error")] == [(2, 2.0)]


@pytest.mark.parametrize("text", ["**a** <b>c</b> `d` [e](f)", "$x$\n# g", "\ud800", ""])
def test_texts_are_shown_to_the_letter(tmp_path: Path, text: str) -> None:
    board = TensorBoard(tmp_path, DEVICE)
    board.text("text", text, 1)
    board.audio("sound", torch.zeros(100), 16000, 1, text)
    board.close()
    read = events(tmp_path)
    description = read.SummaryMetadata("sound").summary_description
    shown = re.sub("<.*?>", "", markdown_to_safe_html(description)).strip()
    assert unescape(shown) == " ".join(text.replace("\ud800", "?").split())


def test_a_resumed_run_goes_on_in_the_same_curves(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    settings = ("debug=fast", "trainer.frames_per_batch=400", "trainer.validation_utterances=1")
    make_trainer(tmp_path, *settings, "trainer.max_steps=3").fit()
    make_trainer(tmp_path, *settings, "trainer.max_steps=5", "resume=auto").fit()
    steps = [event.step for event in events(tmp_path / "tensorboard").Scalars("loss/mel")]
    assert steps == [1, 2, 3, 4, 5]


def test_a_run_that_starts_anew_hides_what_came_before(tmp_path: Path) -> None:
    for steps in (range(1, 6), range(1, 4)):  # the first died before its first checkpoint
        board = TensorBoard(tmp_path, DEVICE)
        for step in steps:
            board.scalars({"loss": float(step)}, step)
        board.close()
    assert [event.step for event in events(tmp_path).Scalars("loss")] == [1, 2, 3]


def test_the_colour_map_is_matplotlib_s() -> None:
    values = torch.linspace(0, 1, 256).reshape(8, 32)
    drawn = ColourMap("magma", DEVICE)(values)
    expected = np.round(colormaps["magma"](values.numpy())[..., :3] * 255)  # [T, X, 3]
    assert drawn.shape == (3, 32, 8)
    assert np.abs(drawn.permute(2, 1, 0).numpy()[:, ::-1] - expected).max() <= 3
    broken = ColourMap("magma", DEVICE)(torch.tensor([[float("nan"), float("inf"), -float("inf"), 7.0]]))
    assert broken.flip(1)[:, :, 0].T.tolist()[1:] == [
        broken[:, 0, 0].tolist(),
        broken[:, 3, 0].tolist(),
        broken[:, 0, 0].tolist(),
    ]


def test_what_the_writing_thread_could_not_write_is_not_lost_silently(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path, DEVICE)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    board.writer.add_image = full
    board.alignment("alignment/used", torch.rand(4, 3), 1, Axes("", ["a", "b", "c"], 4, 0.0125))
    with pytest.raises(OSError, match="no space left"):
        board.flush()
    board.writer.close()


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="limits of POSIX")
    code = f"""
        import resource, torch
        from tts.training.monitoring.tensorboard import TensorBoard
        board = TensorBoard({str(tmp_path)!r}, torch.device("cpu"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        try:
            board.markdown("long", "x" * 5000, 1)
            board.flush()
        except OSError as error:
            print("told:", error.strerror)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("told: File too large\n", "")
