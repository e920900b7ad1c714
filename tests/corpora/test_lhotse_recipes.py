"""Corpora as they are published, as Lhotse's recipes read them: what this package reads itself comes out the same."""

from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds, text
from tts.errors import UserError

pytest.importorskip("lhotse", reason="pip install '.[lhotse]'")

UTTERANCES = {"84_121123_000007_000001": "Maximilian.", "84_121123_000008_000000": "Villefort rose."}


def libritts(root: Path) -> None:
    chapter = root / "train-clean-100" / "84" / "121123"
    sounds(chapter, *(f"{id}.wav" for id in UTTERANCES), rate=24000)
    for id, said in UTTERANCES.items():
        text(chapter / f"{id}.normalized.txt", said)
    text(chapter / "84_121123.trans.tsv", "".join(f"{id}\t{said}\t{said}\n" for id, said in UTTERANCES.items()))
    text(chapter / "84_121123.book.tsv", "".join(f"{id}\t{said}\t20.5\n" for id, said in UTTERANCES.items()))


def vctk(root: Path) -> None:
    for speaker in ("p225", "p226"):
        sounds(root / "wav48" / speaker, f"{speaker}_001.wav", rate=48000)
        text(root / "txt" / speaker / f"{speaker}_001.txt", "Please call Stella.\n")
    text(
        root / "speaker-info.txt",
        "ID  AGE  GENDER  ACCENTS  REGION\n225  23  F  English  Southern  England\n226  22  M  English  Surrey\n",
    )


def common_voice(root: Path) -> None:
    names = "client_id path sentence_id sentence sentence_domain up_votes down_votes age gender accents variant locale"
    parts = {"train": ("m1", "a.mp3", "Guten Tag."), "dev": ("m2", "b.mp3", "Es regnet.")}
    lines = [
        "\t".join([who, file, "1", said, "", "2", "0", "", "", "", "", "de", ""]) for who, file, said in parts.values()
    ]
    header = "\t".join([*names.split(), "segment"])
    for part, line in zip(parts, lines, strict=True):
        text(root / "de" / f"{part}.tsv", f"{header}\n{line}\n")
    text(root / "de" / "validated.tsv", "\n".join([header, *lines, ""]))
    sounds(root / "de" / "clips", "a.mp3", "b.mp3")


def ljspeech(root: Path) -> None:
    sounds(root / "wavs", "LJ001-0001.wav", "LJ001-0002.wav", rate=22050)
    text(root / "metadata.csv", "LJ001-0001|It rained.|It rained.\nLJ001-0002|So be it.|So be it.\n")


@pytest.mark.parametrize(
    ("layout", "make", "recipe", "settings"),
    [
        ("libritts", libritts, "libritts", {"recipe_options": {"dataset_parts": ["train-clean-100"]}}),
        ("vctk", vctk, "vctk", {"language": "en-gb"}),
        ("common_voice", common_voice, "commonvoice", {"recipe_options": {"splits": ["train", "dev"]}}),
        ("ljspeech", ljspeech, "ljspeech", {}),
    ],
)
def test_layouts_of_this_package_read_what_lhotse_reads(tmp_path: Path, layout, make, recipe, settings) -> None:
    make(tmp_path)
    language = {"common_voice": "de", "vctk": "en-gb"}.get(layout, "en-us")
    ours = rows(read(layout, tmp_path, name="me", language=language))
    lhotse = read("lhotse", tmp_path, name="me", recipe=recipe, **(settings | {"language": language}))
    assert len(ours) == 2
    assert rows(lhotse) == ours
    assert {recording.language for recording in lhotse} == {""}


def test_a_corpus_that_this_package_does_not_know(tmp_path: Path) -> None:
    for speaker in ("bdl", "slt"):
        folder = sounds(tmp_path / f"cmu_us_{speaker}_arctic", "wav/arctic_a0001.wav", rate=16000, seconds=0.5)
        text(folder / "etc" / "txt.done.data", '( arctic_a0001 "Author of the danger trail." )\n')
    read_twice = [read("lhotse", tmp_path, recipe="cmu_arctic") for _ in range(2)]
    for recordings in read_twice:
        assert rows(sorted(recordings, key=lambda r: r.id)) == [
            ("bdl-arctic_a0001", "bdl", "Author of the danger trail."),
            ("slt-arctic_a0001", "slt", "Author of the danger trail."),
        ]
        assert [len(r.load().wav) for r in recordings] == [8000, 8000]
        assert problems(recordings) == {}


def test_what_a_recipe_cannot_read_is_said_with_its_options(tmp_path: Path) -> None:
    libritts(tmp_path)
    with pytest.raises(
        UserError, match=r"Lhotse cannot read it .*corpus\.recipe_options of this recipe: dataset_parts"
    ):
        read("lhotse", tmp_path, recipe="libritts")  # all parts are asked for, and one is there
    with pytest.raises(UserError, match=r"corpus\.recipe_options\.parts is none of its arguments; .*dataset_parts"):
        read("lhotse", tmp_path, recipe="libritts", recipe_options={"parts": "dev-clean"})
    with pytest.raises(UserError, match=r"no such recipe; did you mean 'libritts'"):
        read("lhotse", tmp_path, recipe="libritss")
    with pytest.raises(UserError, match="no such recipe"):
        read("lhotse", tmp_path, recipe="__class__")
    with pytest.raises(UserError, match="no such folder"):
        read("lhotse", tmp_path / "none", recipe="libritts")
    with pytest.raises(UserError, match=r"corpus\.recipe=NAME"):
        read("lhotse", tmp_path)


def test_a_corpus_without_texts(tmp_path: Path) -> None:
    sounds(tmp_path / "music" / "fma", "a.wav", rate=16000)
    with pytest.raises(UserError, match="Lhotse"):
        read("lhotse", tmp_path, recipe="musan")
