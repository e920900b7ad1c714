"""`tts-align`, and `tts-evaluate` of what it trained."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.alignment.ranking import read_shares
from tts.commands.align import main
from tts.commands.evaluate import main as evaluate
from tts.data.manifest import read_manifest
from tts.intervals import read_textgrid

SMALL = ("model.states=1", "model.mixtures=1", "model.iterations=3")


@pytest.fixture(autouse=True)
def two_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take most of the time."""
    monkeypatch.setattr("tts.alignment.report.SHOWN", 2)


@pytest.fixture
def aligned(call: Callable[..., Any], prepared: Path, tmp_path: Path) -> Path:
    result = call(main, "corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out", *SMALL)
    assert result.status == 0, result.err
    assert "12 utterances aligned" in result.out
    return tmp_path / "out"


def test_every_utterance_gets_its_files_and_they_agree(aligned: Path, prepared: Path) -> None:
    utterances = read_manifest(prepared).utterances
    phones = [line.split() for line in (aligned / "phones.ctm").read_text("utf-8").splitlines()]
    for utterance in utterances:
        said = json.loads((aligned / f"{utterance.id}.json").read_text("utf-8"))
        assert [w["label"] for w in said["words"]] == list(utterance.words)
        grid = read_textgrid(aligned / f"{utterance.id}.TextGrid")
        assert [i.start for i in grid["words"]] == pytest.approx([w["start"] for w in said["words"]], abs=1e-4)
        own = [line for line in phones if line[0] == utterance.id]
        assert [float(line[2]) for line in own] == pytest.approx([p["start"] for p in said["phones"]], abs=1e-3)
        assert all(0 <= p["confidence"] <= 1.001 for p in said["phones"])
    ranking = (aligned / "ranking.tsv").read_text("utf-8").splitlines()
    assert len(ranking) == len(utterances) + 1
    deviations = [float(line.split("\t")[1]) for line in ranking[1:]]
    assert deviations == sorted(deviations)


def test_a_trained_aligner_serves_again_and_is_judged(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"aligner={aligned}")
    result = call(main, *corpus, f"out={tmp_path}/again", "splits=[train]")
    assert result.status == 0 and "log-likelihood" not in result.out
    for path in (tmp_path / "again").glob("*.json"):
        assert path.read_text("utf-8") == (aligned / path.name).read_text("utf-8")
    result = call(evaluate, "metric=alignment", *corpus, f"out={tmp_path}/judged", "splits=[train,valid,test]")
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "judged/results.json").read_text("utf-8"))
    assert figures["against"] == "truth" and 0 < figures["summary"]["median"] < 0.05


def test_a_textgrid_changed_by_hand_or_made_by_others_stays(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    changed, foreign, plain = (u.id for u in read_manifest(prepared).utterances[:3])
    grid = aligned / f"{changed}.TextGrid"
    grid.write_text(grid.read_text("utf-8").replace("phones", "sounds"), "utf-8")
    (aligned / f"{foreign}.json").unlink()
    kept = {id: (aligned / f"{id}.TextGrid").read_bytes() for id in (changed, foreign)}
    command = (main, "corpus=espeak", f"corpus.out={prepared}", f"out={aligned}", *SMALL)
    again = call(*command)
    assert again.status == 1 and "1 of 12 utterances could not" in again.err
    anew = call(*command, "model.iterations=4")  # by another aligner: all of them
    assert anew.status == 1 and "2 of 12 utterances could not" in anew.err
    assert "changed by hand" in (aligned / "failed.tsv").read_text("utf-8")
    assert kept == {id: (aligned / f"{id}.TextGrid").read_bytes() for id in kept}
    assert (aligned / f"{plain}.TextGrid").is_file() and not list(aligned.glob(".*TextGrid*"))


def test_going_on_does_only_what_is_missing_or_has_changed(
    call: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    shutil.copytree(prepared, tmp_path / "corpus")
    command = (main, "corpus=espeak", f"corpus.out={tmp_path}/corpus", f"out={tmp_path}/out", *SMALL)
    assert call(*command).status == 0
    out, corpus = tmp_path / "out", read_manifest(tmp_path / "corpus")
    first = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
    stamps = {p.name: p.stat().st_mtime_ns for p in out.glob("*.json")}
    damaged, lost = corpus.utterances[3].id, corpus.utterances[5].id
    kept = json.loads((out / f"{damaged}.json").read_text("utf-8"))
    (out / f"{damaged}.json").write_text(json.dumps(kept | {"phones": 3}), "utf-8")
    (out / f"{lost}.TextGrid").unlink()
    result = call(*command)
    assert result.status == 0, result.err
    assert "trained before on the same recordings" in result.out and "log-likelihood" not in result.out
    assert "10 utterances were aligned before" in result.out
    assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == first
    again = {p.name: p.stat().st_mtime_ns for p in out.glob("*.json")}
    assert {name for name in stamps if again[name] != stamps[name]} == {f"{damaged}.json", f"{lost}.json"}
    shutil.copyfile(corpus.audio_path(corpus.utterances[0]), corpus.audio_path(corpus.utterances[1]))
    result = call(*command)
    assert "log-likelihood" in result.out and "aligned before" not in result.out


def test_another_aligner_leaves_nothing_of_the_first(call: Callable[..., Any], aligned: Path, prepared: Path) -> None:
    command = (main, "corpus=espeak", f"corpus.out={prepared}", f"out={aligned}", *SMALL)
    assert "12 utterances were aligned before" in call(*command).out
    assert "aligned before" not in call(*command, "model.iterations=2").out
    assert "aligned before" not in call(*command, "model.iterations=2", "model.shortest_pause=0.2").out


def test_a_corpus_that_is_not_prepared_is_prepared_first(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("We keep the sea in view.\nA lamp stood by the door.\n", "utf-8")
    result = call(
        main, "corpus=espeak", f"corpus.out={tmp_path}/new", f"corpus.sentences={tmp_path}/said.txt",
        "corpus.hours=null", f"out={tmp_path}/out", "workers=1", *SMALL,
    )  # fmt: skip
    assert result.status == 0, result.err
    assert "prepared corpus" in result.out and "8 utterances aligned" in result.out
    assert "corpus.root=PATH" in call(main, "corpus=ljspeech", f"corpus.out={tmp_path}/no").errors[0]


def test_the_report_shows_the_worst_and_runs_nothing(
    call: Callable[..., Any], prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(prepared, tmp_path / "corpus")
    lines = (tmp_path / "corpus/manifest.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    a, b = [i for i, row in enumerate(rows) if row["speaker"] == rows[0]["speaker"]][:2]
    for key in ("symbols", "stress", "word", "words"):  # two texts of one speaker change places
        rows[a][key], rows[b][key] = rows[b][key], rows[a][key]
    rows[a]["text"] = "<script>alert(1)</script> & $x_2$"
    (tmp_path / "corpus/manifest.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    swapped = {rows[a]["id"], rows[b]["id"]}
    monkeypatch.setattr("tts.alignment.aligner.MISFIT_LIMIT", 2.0)  # an aligner of forty seconds fits badly
    result = call(main, "corpus=espeak", f"corpus.out={tmp_path}/corpus", f"out={tmp_path}/out", *SMALL)
    assert result.status == 0, result.err
    ranking = (tmp_path / "out/ranking.tsv").read_text("utf-8").splitlines()[1:]
    assert swapped & {line.split("\t")[0] for line in ranking[:2]}
    doubtful = {line.split("\t")[0] for line in ranking if float(line.split("\t")[6]) > 1}
    assert swapped & doubtful and f"warning: {len(doubtful)} of 12 utterances sound like another text" in result.err
    shares = read_shares(tmp_path / "out/ranking.tsv")
    assert {id for id, share in shares.items() if share == 0} == doubtful, "training never draws them"
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "http" not in page
    shown = re.findall(r'src="([^"]+)"', page)
    assert [Path(s).suffix for s in shown] == [".flac", ".png"] * 2, "a sound beside every picture"
    assert all((tmp_path / "out" / s).stat().st_size > 1000 for s in shown)
    for column in ("deviation", "least certain phone", "confidence"):
        assert re.search(rf"<dt>[^<]*{column}", page), "every column is explained"


def test_only_what_alignment_wrote_is_overwritten_or_deleted(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    foreign, changed, alone = (u.id for u in read_manifest(prepared).utterances[:3])
    (aligned / f"{foreign}.json").write_text('{"segments": []}', "utf-8")  # by another tool, and a TextGrid by hand
    (aligned / f"{foreign}.TextGrid").write_text("by hand", "utf-8")
    (aligned / f"{changed}.json").write_text('{"words": 3', "utf-8")
    (aligned / f"{alone}.json").write_text('{"segments": []}', "utf-8")
    (aligned / f"{alone}.TextGrid").unlink()
    (aligned / "report/mine.png").write_bytes(b"mine")
    theirs = [f"{foreign}.json", f"{foreign}.TextGrid", f"{changed}.json", f"{changed}.TextGrid", f"{alone}.json"]
    before = {name: (aligned / name).read_bytes() for name in [*theirs, "report/mine.png"]}
    result = call(main, "corpus=espeak", f"corpus.out={prepared}", f"out={aligned}", *SMALL, "model.iterations=2")
    assert result.status == 1 and "3 of 12 utterances could not" in result.errors[0]
    assert {name: (aligned / name).read_bytes() for name in before} == before
    assert not (aligned / f"{alone}.TextGrid").exists()
    failed = (aligned / "failed.tsv").read_text("utf-8")
    assert failed.count("by another program") == 3
    (aligned / "aligner/aligner.json").write_text('{"aligner": "another"}', "utf-8")
    (aligned / "aligner/.smma-tts.json").unlink()
    refused = call(main, "corpus=espeak", f"corpus.out={prepared}", f"out={aligned}", *SMALL)
    assert refused.status == 1 and "aligner: holds aligner.json" in refused.errors[0]
    assert (aligned / "aligner/aligner.json").read_text("utf-8") == '{"aligner": "another"}'


@pytest.mark.parametrize("name", ["report/mine.png", "a.TextGrid", "a.json", "aligner/aligner.json", "ranking.tsv"])
def test_a_folder_of_somebody_else_is_refused(
    name: str, call: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_text('{"segments": []}', "utf-8")
    result = call(main, "corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/theirs", *SMALL)
    assert result.status == 1 and len(result.errors) == 1
    assert f"holds {name.split('/')[0]}" in result.errors[0] and "out=PATH" in result.errors[0]
    assert [p for p in (tmp_path / "theirs").rglob("*") if p.is_file()] == [theirs]


def test_a_folder_of_before_there_were_marks_goes_on(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    command = (main, "corpus=espeak", f"corpus.out={prepared}", f"out={aligned}", *SMALL)
    for mark in aligned.rglob(".smma-tts*"):
        mark.unlink()
    for gone in ("ranking.tsv", "report.html", "aligner"):  # as after a stop, and by aligner=PATH
        assert "12 utterances were aligned before" in call(*command).out
        for mark in aligned.rglob(".smma-tts*"):
            mark.unlink()
        path = aligned / gone
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_times_are_judged_by_textgrids_of_the_user(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    own = read_manifest(prepared).utterances
    truth = tmp_path / "mine"
    shutil.copytree(prepared / "truth", truth)
    (truth / f"{own[0].id}.TextGrid").unlink()
    shutil.copyfile(truth / f"{own[1].id}.TextGrid", truth / f"{own[2].id}.TextGrid")
    judge = (
        evaluate, "metric=alignment", "corpus=espeak", f"corpus.out={prepared}", f"aligner={aligned}/aligner",
        "splits=[train,valid,test]", f"out={tmp_path}/judged",
    )  # fmt: skip
    differs = own[1].symbols != own[2].symbols
    result = call(*judge, f"truth={truth}")
    assert result.status == 0, result.err
    assert "vowel" in result.out and "pause edge" in result.out and f"{own[0].id}: no TextGrid" in result.out
    figures = json.loads((tmp_path / "judged/results.json").read_text("utf-8"))
    assert len(figures["unscored"]) == 1 + differs and figures["summary"]["f1_20ms"] > 0.3
    assert sum(c["count"] for c in figures["classes"].values()) == figures["summary"]["count"]
    assert "no such folder" in call(*judge, f"truth={tmp_path}/nowhere").errors[0]


def test_a_voice_aligns_too(call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path) -> None:
    result = call(main, "corpus=espeak", f"corpus.out={prepared}", f"voice={tiny_run}", f"out={tmp_path}/out")
    assert result.status == 0, result.err
    assert len(list((tmp_path / "out").glob("*.TextGrid"))) == 12


def test_one_utterance_that_fails_is_reported_and_the_others_are_done(
    call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path
) -> None:
    card = json.loads((aligned / "aligner/aligner.json").read_text("utf-8"))
    corpus = read_manifest(prepared)
    lost = next(p for p in card["phones"] if 0 < sum(p in u.symbols for u in corpus.utterances) < 12)
    card["phones"][card["phones"].index(lost)] = "unheard"
    (aligned / "aligner/aligner.json").write_text(json.dumps(card), "utf-8")
    result = call(
        main, "corpus=espeak", f"corpus.out={prepared}", f"aligner={aligned}/aligner", f"out={tmp_path}/some"
    )  # fmt: skip
    without = [u.id for u in corpus.utterances if lost not in u.symbols]
    assert result.status == 1 and len(result.errors) == 1
    assert f"{12 - len(without)} of 12 utterances could not be aligned" in result.errors[0]
    assert sorted(p.stem for p in (tmp_path / "some").glob("*.TextGrid")) == sorted(without)
    failed = (tmp_path / "some/failed.tsv").read_text("utf-8")
    assert failed.count("\n") == 12 - len(without) and repr(lost) in failed


def test_a_recording_that_cannot_be_read_does_not_end_the_run(
    call: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    shutil.copytree(prepared, tmp_path / "corpus")
    corpus = read_manifest(tmp_path / "corpus")
    corpus.audio_path(corpus.utterances[0]).write_bytes(b"no sound")
    result = call(main, "corpus=espeak", f"corpus.out={tmp_path}/corpus", f"out={tmp_path}/out", *SMALL)
    assert result.status == 1 and "1 of 12 utterances could not be aligned" in result.errors[0]
    assert "not learnt from: 1" in result.out
    assert corpus.utterances[0].id in (tmp_path / "out/not_learnt.tsv").read_text("utf-8")
    assert len(list((tmp_path / "out").glob("*.TextGrid"))) == 11


def test_contradictions_are_refused(call: Callable[..., Any], aligned: Path, prepared: Path, tmp_path: Path) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/x")
    assert "not both" in call(main, *corpus, "aligner=a", "voice=b").errors[0]
    mix = "corpus=mix joins several corpora for training: voice (data/allison), hibari"
    assert mix in call(main, "corpus=mix").errors[0]
    assert mix in call(evaluate, "metric=detector", "corpus=mix", f"aligner={aligned}/aligner").errors[0]
    for metric, needed in (
        ("alignment", "needs voice=PATH alone, or aligner=PATH alone; given: none of these"),
        ("robustness", "needs voice=PATH alone, or voice=PATH with aligner=PATH, or recordings=PATH with aligner=PATH"),
    ):
        assert needed in call(evaluate, f"metric={metric}", *corpus).errors[0]
    both = call(evaluate, "metric=speech", *corpus, "aligner=a").errors[0]
    assert "needs voice=PATH alone; given: aligner" in both
    assert "needs aligner=PATH" in call(evaluate, "metric=detector", *corpus, "voice=v").errors[0]
