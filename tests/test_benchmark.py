"""The benchmarks start, and refuse what they do not know."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tts.data.manifest import read_manifest
from tts.errors import UserError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`benchmark(*arguments)`: the script, in this process."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import benchmark

    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["benchmark.py", *arguments])
        benchmark.main()

    return run


def test_the_contest_of_aligners_gives_a_table(prepared: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/benchmark.py"), "benchmark=alignment", f"corpus={prepared}"]
    # Without the folders of commands: peers that happen to be installed are left out.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": ""}
    command += ["parts=speech", f"out={tmp_path}"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "left out: viter" in done.stdout
    figures = json.loads((tmp_path / "results.json").read_text("utf-8"))["speech"]
    assert list(figures) == ["ours, 1 min", "ours, 5 min", "ours, 30 min"]
    # So small a corpus may have taught no utterance that is held out all its phones.
    assert all((row["count"] or row["unscored"]) and row["cpu_seconds"] > 0 for row in figures.values())
    assert "within" not in done.stdout and "≤ 20 ms %" in done.stdout


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["benchmark=nothing"], "benchmark=nothing: choose alignment, attention, controls"),
        ([], "benchmark is missing: give benchmark=NAME, one of alignment, attention, controls"),
        (["out=x"], "benchmark is missing"),
    ],
)
def test_the_choices_are_named_in_one_line(
    given: list[str], complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark.py", *given])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "scripts/benchmark.py"), run_name="__main__")
    said = capsys.readouterr().err
    assert ended.value.code == 1 and said.startswith(f"error: {complaint}") and said.count("\n") == 1


def test_results_go_into_a_folder_of_ones_own(benchmark: Callable[..., None], prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}", "utf-8")
    with pytest.raises(UserError, match=r"holds results\.json, which benchmark did not write"):
        benchmark("benchmark=alignment", f"corpus={prepared}", "parts=speech", f"out={tmp_path}")
    assert (tmp_path / "results.json").read_text("utf-8") == "{}"


def test_unknown_keys_and_parts_are_refused(benchmark: Callable[..., None], prepared: Path) -> None:
    with pytest.raises(UserError, match="parts=peers,all"):
        benchmark("benchmark=alignment", f"corpus={prepared}", "parts=peers,all")


def test_decoding_is_timed_of_an_autoregressive_voice_only(benchmark: Callable[..., None], tiny_run: Path) -> None:
    with pytest.raises(UserError, match="its decoder is parallel"):
        benchmark("benchmark=decoding", f"voice={tiny_run}")
    with pytest.raises(UserError, match="takes voice=PATH"):
        benchmark("benchmark=decoding")


def test_the_page_of_bad_cases_counts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from benchmarks.robustness_page import page

    (tmp_path / "detector").mkdir()
    (tmp_path / "detector/results.json").write_text('{"recordings": 7, "found": {"none": 0.0, "cut": 0.75}}', "utf-8")

    def case(kind: str, faults: int, spent: float) -> dict[str, object]:
        return {"kind": kind, "faults": ["…"] * faults, "spent": spent, "seconds": 4.0, "zero_frames": faults}

    rates = {name: {"rate": rate} for name, rate in (("names", 0.5), ("digits", 1.0), ("all", 0.25))}
    ours = {
        "bad_cases": {"total": 2, "skipped": 2}, "unscored": {}, "word_errors": rates,
        "cases": [case("names", 1, 1.0), case("names", 3, 1.0), case("digits", 0, 1.0)],
    }  # fmt: skip
    peer = ours | {"bad_cases": {"total": 0}, "cases": [case("names", 0, 0.0), case("digits", 0, 0.0)]}
    lines = page(tmp_path, {"ours": ours, "peer": peer}).splitlines()
    assert "| ours | 2 of 3 | skipped 2 | 0 | 4 | 25.0 % | 0.250 |" in lines
    assert "| peer | 0 of 2 |  | 0 | 0 | 25.0 % |  |" in lines
    assert "| names | 2 · 50 | 0 · 50 |" in lines and "| digits | 0 · 100 | 0 · 100 |" in lines
    assert "| 0.0 % | 75.0 % |" in lines
    dumb = ours | {"word_errors": {}}  # nothing that it said came to an end
    lines = page(tmp_path, {"dumb": dumb}).splitlines()
    assert "| dumb | 2 of 3 | skipped 2 | 0 | 4 |  | 0.250 |" in lines and "| names | 2 |" in lines


def test_the_contest_of_vocoders_needs_its_judges_and_known_keys(benchmark: Callable[..., None]) -> None:
    with pytest.raises(UserError, match="takes corpus, vocoder, voice, run, sentences, not model"):
        benchmark("benchmark=vocoder", "model=x")


def test_the_contest_of_vocoders_gives_a_row_to_each(
    prepared: Path, tiny_vocoder: Path, tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from benchmarks import vocoder as contest

    from tts.vocoder.choice import IstftVocoder

    class Deaf:
        """Judges without models."""

        def score(self, sounds: list[torch.Tensor], texts: list[str], rate: int) -> dict[str, float]:
            assert len(sounds) == len(texts) and all(sound.isfinite().all() for sound in sounds)
            return {"opinion": 3.0}

        def quality(self, recording: torch.Tensor, copy: torch.Tensor, rate: int) -> float:
            assert len(recording) == len(copy)
            return 2.0

    ours = IstftVocoder(path=str(tiny_vocoder))
    copies = contest.judge_copies(read_manifest(prepared), ours, Deaf(), tmp_path)
    assert list(copies) == ["recordings", "Griffin-Lim", "this vocoder"]
    assert copies["Griffin-Lim"]["distortion dB"] < copies["this vocoder"]["distortion dB"]
    assert copies["this vocoder"]["real-time factor"] > 0
    texts = ["The old lamp fell.", "She sold nine hats."]
    spoken = contest.judge_sentences(str(tiny_run), texts, ours, Deaf(), tmp_path)
    assert spoken["this vocoder"]["first sound s"] > 0
    assert len(list((tmp_path / "spoken_this_vocoder").glob("*.wav"))) == 2


def test_swapped_texts_are_as_many_as_asked_for_and_their_sound_stays(
    benchmark: Callable[..., None], prepared: Path, tmp_path: Path
) -> None:
    from benchmarks.swapped import swap

    before = {u.id: u for u in read_manifest(prepared).utterances}
    wrong = swap(read_manifest(prepared), 0.5, 0, tmp_path / "corpus")
    after = read_manifest(tmp_path / "corpus")
    assert {u.id for u in after.utterances if u.text != before[u.id].text} == wrong and len(wrong) >= 2
    for utterance in after.utterances:
        assert utterance.seconds == before[utterance.id].seconds
        assert after.audio_path(utterance).read_bytes() == (prepared / f"audio/{utterance.id}.flac").read_bytes()
        assert utterance.text in {u.text for u in before.values()}
    assert all(after_.id not in wrong for after_ in after.utterances if after_.split != "train")


def test_an_import_is_compared_with_what_was_said(benchmark: Callable[..., None]) -> None:
    pytest.importorskip("jiwer")
    pytest.importorskip("whisper_normalizer")
    from benchmarks.importing import _figures
    from benchmarks.long_recording import Prompt, Span

    prompts = [Prompt("Go home.", (Span(1, 2),)), Prompt("Please.", (Span(3, 4),)), Prompt("Listen.", (Span(5, 6),))]
    pieces = [{"text": "Go home please.", "start": 0.9, "end": 4.1}, {"text": "Lesson.", "start": 5.5, "end": 6.1}]
    found = _figures(prompts, pieces, [0, 1])
    assert found["speech found, %"] == 100 and found["seconds in pieces that the text lacks"] == 0.5
    assert found["word errors, %"] == 0 and found["words that this is measured on"] == 3
    assert found["edges that cut into speech, %"] == 25
