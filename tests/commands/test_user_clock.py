"""From recordings with silence in front, and a long one that is cut, to times of these files, and back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pympi
import pytest
import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.commands import align as align_command
from tts.commands.align import align, main
from tts.commands.cli import load_config
from tts.commands.evaluate import main as evaluate
from tts.corpora.lists.layouts import LJSpeech
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.evaluation.boundaries import boundary_errors
from tts.intervals import Interval, phone_tier, read_textgrid, write_textgrid
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig

RATE = 16000
SMALL = ("model.states=1", "model.mixtures=1", "model.iterations=3")
FRONT, GAP = 1.0, 0.5
"""Seconds of silence in front of a recording, and between those that are joined to one."""
KEYS = ("original", "offset", "original_seconds")


def silence(seconds: float) -> torch.Tensor:
    return torch.zeros(round(seconds * RATE))


@pytest.fixture(scope="module")
def mine(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder, and beside it exact times of its files: `truth/ID.TextGrid`."""
    folder, given = tmp_path_factory.mktemp("mine"), read_manifest(prepared)
    (folder / "wavs").mkdir()
    (folder / "truth").mkdir()

    def add(id: str, utterances: list[Any], gap: float) -> str:
        sounds, phones, now = [silence(FRONT)], [], FRONT
        for u in utterances:
            sound = waveform.read(given.audio_path(u), RATE)
            sounds += [sound, silence(gap)]
            tier = phone_tier(prepared / "truth" / f"{u.id}.TextGrid")
            phones += [Interval(i.label, i.start + now, i.end + now) for i in tier]
            now += len(sound) / RATE + gap
        waveform.write(folder / "wavs" / f"{id}.wav", torch.cat(sounds), RATE)
        write_textgrid(folder / "truth" / f"{id}.TextGrid", {"phones": phones}, now)
        return f"{id}|{' '.join(u.text for u in utterances)}\n"

    one, other = ([u for u in given.utterances if u.speaker == speaker] for speaker in ("en-us+f3", "en-us+m3"))
    lines = [add(u.id, [u], 0.0) for u in one] + [add("long", other[:4], GAP)]
    (folder / "metadata.csv").write_text("".join(lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(mine: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    out = tmp_path_factory.mktemp("data") / "mine"
    limits = Limits(cut_seconds=3.0, max_seconds=4.0)
    prepare(LJSpeech(str(mine), name="mine"), out, AudioConfig(), TextConfig(), limits, workers=0)
    return read_manifest(out)


@pytest.fixture(scope="module")
def timings(corpus: PreparedCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read only."""
    out = tmp_path_factory.mktemp("timings")
    align(load_config("align", [*of(corpus), f"out={out}", "formats=[ctm,srt,vtt,eaf]", *SMALL]))
    return out


def of(corpus: PreparedCorpus) -> tuple[str, str]:
    return "corpus=ljspeech", f"corpus.out={corpus.folder}"


def made_by_an_earlier_version(corpus: PreparedCorpus, folder: Path) -> PreparedCorpus:
    """The same corpus, without what says where its utterances are in the user's files."""
    shutil.copytree(corpus.folder, folder)
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    lines = (json.dumps({key: value for key, value in row.items() if key not in KEYS}) for row in rows)
    (folder / "manifest.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return read_manifest(folder)


def test_the_long_one_is_in_pieces(corpus: PreparedCorpus) -> None:
    """Or the tests below would show nothing."""
    assert len(corpus.utterances) == 6 + 4
    assert [u.id for u in corpus.utterances if u.original == "wavs/long.wav"] == [f"long~{n:02d}" for n in range(1, 5)]


def test_there_is_one_of_each_kind_for_each_file_on_its_clock(mine: Path, timings: Path) -> None:
    names = sorted(path.stem for path in (mine / "wavs").iterdir())
    errors = []
    for ending in ("TextGrid", "json", "srt", "vtt", "eaf"):
        assert sorted(path.stem for path in timings.glob(f"[!.]*.{ending}")) == names
    for name in names:
        found, truth = (phone_tier(folder / f"{name}.TextGrid") for folder in (timings, mine / "truth"))
        assert found[-1].end == pytest.approx(truth[-1].end, abs=1e-6)
        assert found[0].label == "" and found[0].end > FRONT - 0.1
        assert all(a.end == b.start for a, b in pairwise(found)), "gaps are empty intervals"
        errors.append(boundary_errors(found, truth))
    assert float(np.median(np.abs(np.concatenate(errors)))) < 0.03
    assert {line.split()[0] for line in (timings / "words.ctm").read_text("utf-8").splitlines()} == set(names)
    ranking = [line.split("\t") for line in (timings / "ranking.tsv").read_text("utf-8").splitlines()[1:]]
    places = {row[0]: (float(row[3]), row[7]) for row in ranking}
    assert all(at > FRONT - 0.2 for at, _ in places.values())
    assert places["long~04"][1] == "wavs/long.wav" and places["long~04"][0] > 3 * GAP + FRONT
    assert "wavs/long.wav, from" in (timings / "report.html").read_text("utf-8")
    assert (timings / "long.srt").read_text("utf-8").count(" --> ") == 4
    link = pympi.Eaf(str(timings / "long.eaf")).get_linked_files()[0]
    assert link["MEDIA_URL"] == f"file://{(mine / 'wavs/long.wav').as_posix()}"
    assert (timings / link["RELATIVE_MEDIA_URL"]).resolve() == (mine / "wavs/long.wav").resolve()


def test_another_run_leaves_them_as_they_are(
    call: Callable[..., Any], corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    shutil.copytree(timings, tmp_path / "out")
    command = (main, *of(corpus), f"out={tmp_path}/out", *SMALL)
    result = call(*command)
    assert result.status == 0 and "10 utterances were aligned before and have not changed" in result.out
    for path in timings.iterdir():
        if path.is_file():
            assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name
    card = json.loads((tmp_path / "out/long.json").read_text("utf-8"))
    grid = tmp_path / "out/long.TextGrid"
    grid.write_text(grid.read_text("utf-8").replace('"sil"', '"SIL"'), "utf-8")
    result = call(*command)
    assert result.status == 0 and "1 TextGrid changed by hand, long for one: left as it is" in result.out
    assert '"SIL"' in grid.read_text("utf-8")
    assert json.loads((tmp_path / "out/long.json").read_text("utf-8")) == card


def test_what_is_changed_by_hand_while_the_others_are_aligned_stays(
    call: Callable[..., Any], corpus: PreparedCorpus, timings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(timings, tmp_path / "out", ignore=shutil.ignore_patterns("*.json"))
    shutil.copytree(timings / "aligner", tmp_path / "aligner")
    for card in timings.glob("*.json"):
        content = json.loads(card.read_text("utf-8"))
        (tmp_path / "out" / card.name).write_text(json.dumps(content | {"source": "outdated"}), "utf-8")
    grid = tmp_path / "out/long.TextGrid"

    def edit_and_align(*given: Any) -> Any:
        grid.write_text(grid.read_text("utf-8").replace('"sil"', '"SIL"'), "utf-8")
        return align_one(*given)

    align_one = align_command._align
    monkeypatch.setattr(align_command, "_align", edit_and_align)
    result = call(main, *of(corpus), f"out={tmp_path}/out", f"aligner={tmp_path}/aligner")
    assert result.status == 0, result.err
    assert "1 TextGrid changed by hand, long for one: left as it is" in result.out
    assert '"SIL"' in grid.read_text("utf-8")


def test_a_piece_that_fails_is_tried_again_and_the_others_stay(
    call: Callable[..., Any], corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    shutil.copytree(corpus.folder, tmp_path / "corpus")
    lost = read_manifest(tmp_path / "corpus").audio_path(next(u for u in corpus.utterances if u.id == "long~02"))
    whole = lost.read_bytes()
    lost.write_bytes(b"no sound")
    command = (
        main, "corpus=ljspeech", f"corpus.out={tmp_path}/corpus", f"out={tmp_path}/out", f"aligner={timings}/aligner"
    )  # fmt: skip
    for before in (0, 9):
        result = call(*command)
        assert result.status == 1 and "1 of 10 utterances could not be aligned" in result.errors[0]
        assert (f"{before} utterances were aligned before" in result.out) == bool(before)
        card = json.loads((tmp_path / "out/long.json").read_text("utf-8"))
        assert [u["id"] for u in card["utterances"]] == ["long~01", "long~03", "long~04"]
    lost.write_bytes(whole)
    assert call(*command).status == 0
    found, expected = (read_textgrid(folder / "long.TextGrid") for folder in (tmp_path / "out", timings))
    assert found == expected


def test_truth_may_be_of_the_file_or_of_the_prepared_recording(
    call: Callable[..., Any], mine: Path, corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    for u in corpus.utterances:
        assert u.offset is not None
        phones = phone_tier(mine / "truth" / f"{u.id.partition('~')[0]}.TextGrid")
        inside = [i for i in phones if u.offset <= (i.start + i.end) / 2 < u.offset + u.seconds]
        moved = [Interval(i.label, max(i.start - u.offset, 0), min(i.end - u.offset, u.seconds)) for i in inside]
        write_textgrid(tmp_path / "copies" / f"{u.id}.TextGrid", {"phones": moved}, u.seconds)
    judge = (evaluate, "metric=alignment", *of(corpus), f"aligner={timings}/aligner", "splits=[train,valid,test]")
    figures = []
    for truth in (mine / "truth", tmp_path / "copies"):
        result = call(*judge, f"truth={truth}", f"out={tmp_path}/{truth.name}-judged")
        assert result.status == 0, result.err
        figures.append(json.loads((tmp_path / f"{truth.name}-judged/results.json").read_text("utf-8")))
        assert figures[-1]["unscored"] == {} and 0 < figures[-1]["summary"]["median"] < 0.03
    assert figures[0]["summary"] == pytest.approx(figures[1]["summary"], abs=1e-5)
    (tmp_path / "short").mkdir()
    write_textgrid(tmp_path / "short/long.TextGrid", {"phones": [Interval("a", 0.0, 0.1)]}, 0.5)
    result = call(*judge, f"truth={tmp_path}/short", f"out={tmp_path}/none")
    assert result.status == 1 and len(result.errors) == 1


def test_a_voice_is_trained_on_them(
    make_trainer: Callable[..., Any], corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    short = ("debug=fast", "trainer.frames_per_batch=400", "trainer.validation_utterances=1")
    given = ("alignment=from_files", f"alignment.folder={timings}")
    trainer = make_trainer(tmp_path / "run", *short, *given, corpus_out=corpus.folder)
    assert (tmp_path / "run/left_out.tsv").read_text("utf-8") == "id\treason\n"
    hop = trainer.config.audio.frame_seconds
    for item in trainer.data.train.items:
        u = item.utterance
        name = u.id.partition("~")[0]
        phones = [i for i in phone_tier(timings / f"{name}.TextGrid") if i.label not in ("", "sil")]
        own = [i.start - u.offset for i in phones if 0 <= i.start - u.offset < u.seconds]
        starts = (torch.tensor(item.durations).cumsum(0) - torch.tensor(item.durations)) * hop
        ours = [float(t) for t, word in zip(starts, u.word, strict=True) if word >= 0]
        assert ours == pytest.approx(own, abs=2 * hop), u.id


def test_a_corpus_of_an_earlier_version_is_timed_as_it_was_and_says_so(
    call: Callable[..., Any], corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    old = made_by_an_earlier_version(corpus, tmp_path / "old")
    command = (main, f"aligner={timings}/aligner", f"out={tmp_path}/out")
    result = call(*command, *of(old))
    assert result.status == 0, result.err
    assert result.out.count(f"times of 10 utterances are those of the prepared recordings in {old.folder}/audio") == 1
    for u in old.utterances:
        found = phone_tier(tmp_path / "out" / f"{u.id}.TextGrid")
        assert found[-1].end == pytest.approx(u.seconds, abs=1e-5) and found[0].start == 0.0
    # Prepared again, it gets times of the files, without anything being aligned again; but for those changed by hand.
    for card in (tmp_path / "out").glob("*.json"):
        content = json.loads(card.read_text("utf-8"))
        for key in ("audio", "seconds", "utterances"):
            content.pop(key, None)
        card.write_text(json.dumps(content), "utf-8")
    by_hand = next(u.id for u in old.utterances if "~" not in u.id)
    for id in (by_hand, "long~03"):
        grid = tmp_path / "out" / f"{id}.TextGrid"
        grid.write_text(grid.read_text("utf-8").replace('"sil"', '"SIL"'), "utf-8")
    result = call(*command, *of(corpus))
    assert result.status == 0, result.err
    assert "10 utterances were aligned before" in result.out and f"changed by hand, {by_hand} for one" in result.out
    names = {u.id.partition("~")[0] for u in corpus.utterances}
    assert {path.stem for path in (tmp_path / "out").glob("*.TextGrid")} == {*names, "long~03"}
    for name in names - {by_hand}:
        assert (tmp_path / "out" / f"{name}.TextGrid").read_bytes() == (timings / f"{name}.TextGrid").read_bytes()


def test_a_recording_with_more_silence_in_front_is_moved_and_nothing_else_changes(
    call: Callable[..., Any], mine: Path, corpus: PreparedCorpus, timings: Path, tmp_path: Path
) -> None:
    shutil.copytree(timings, tmp_path / "out")
    shutil.copytree(corpus.folder, tmp_path / "corpus")
    rows = [json.loads(line) for line in (tmp_path / "corpus/manifest.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        if row["original"] == "wavs/long.wav":
            row["offset"], row["original_seconds"] = row["offset"] + 2, row["original_seconds"] + 2
    (tmp_path / "corpus/manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    result = call(main, "corpus=ljspeech", f"corpus.out={tmp_path}/corpus", f"out={tmp_path}/out", *SMALL)
    assert result.status == 0, result.err
    before, after = (
        [i for i in phone_tier(folder / "long.TextGrid") if i.label] for folder in (timings, tmp_path / "out")
    )
    assert [i.start + 2 for i in before] == pytest.approx([i.start for i in after], abs=2e-6)
