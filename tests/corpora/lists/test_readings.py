"""What columns mean: lists of known content are read as they are, or refused, and never otherwise."""

import random
from pathlib import Path

import pytest

from tts.corpora.lists.entries import Format
from tts.corpora.lists.layouts import Coqui, GPTSoVITS, LJSpeech, LJSpeechMultispeaker, Piper
from tts.corpora.lists.readings import Columns, is_header, named, reads_as
from tts.errors import UserError
from tts.storage.resources import folder
from tts.text.normalise import normalise

LAYOUTS = (LJSpeech, Coqui, Piper, GPTSoVITS, LJSpeechMultispeaker)
CONTENT: list[Columns] = [
    ("file", "raw", "text"), ("file", "text", "speaker"), ("file", "speaker", "text"),
    ("file", "speaker", "language", "text"), ("file", "raw", "text", "speaker"),
]  # fmt: skip
NAMES = (["ann", "bob"], [f"p{n}" for n in range(225, 300)], ["Mary Ann Evans", "Dr. Helen O'Neill"], ["3", "14"])
NUMBERS = ("It cost {} euros in {}.", "Page {}", "{}", "Mr. Jones and {} NATO generals paid ${}.")


def sentences(kind: str, count: int, draw: random.Random) -> list[str]:
    if kind == "numbers":
        return [draw.choice(NUMBERS).format(draw.randint(2, 2000), draw.randint(2, 2000)) for _ in range(count)]
    return draw.sample((folder("sentences") / f"{kind}.txt").read_text("utf-8").splitlines(), count)


@pytest.mark.parametrize("seed", range(4))
def test_no_list_is_misread(tmp_path: Path, seed: int) -> None:
    draw, read = random.Random(seed), 0
    for _ in range(15):
        count, names = draw.choice([1, 2, 5, 30]), draw.choice(NAMES)
        written = sentences(draw.choice(["en", "de", "words", "numbers"]), count, draw)
        rows = [
            {"file": f"u{i}", "raw": raw, "text": normalise(raw, "en-us"), "speaker": draw.choice(names)}
            for i, raw in enumerate(written)
        ]
        rows = [row | {"language": "en"} for row in rows]
        columns = draw.choice(CONTENT)
        path = tmp_path / "metadata.csv"
        path.write_text("".join("|".join(row[role] for role in columns) + "\n" for row in rows), "utf-8")
        for layout in LAYOUTS:
            try:
                entries = [entry for entry in Format(layout.readings).read(path) if not entry.problem]
            except UserError:
                continue
            expected = [{role: row[role] for role in columns if role != "raw"} for row in rows]
            assert all(entry.values in expected for entry in entries), (columns, layout, rows)
            read += 1
    assert read > 10


@pytest.mark.parametrize(
    ("raw", "text", "verdict"),
    [
        ("It was 5 pm.", "It was five p m.", True), ("NATO, 1949.", "nay toe, nineteen forty-nine", None),
        ("Café Größe.", "cafe grösse", True), ("5", "five", None), ("5", "The rain has stopped at last.", False),
        ("Left", "or right", False), ("The man", "the woman", False), ("mia", "The first line is by Mia.", False),
        ("水をマレーシアから買わなくてはならない", "みずをマレーシアからかわなくてはならない", True), ("", "", True),
        ("今日はいい天気ですね。", "きょうはいいてんきですね。", True),
        ("彼は東京の学生です", "カレハトウキョウノガクセイデス", True),
        ("今日はいい天気ですね。", "さくら", False), ("東京", "さくら", False),
        ("水を買う。", "またあしたあいましょう。", False),
    ],
)  # fmt: skip
def test_how_a_text_is_read(raw: str, text: str, verdict: bool | None) -> None:
    assert reads_as(raw, text) is verdict


def test_headers_by_their_names() -> None:
    assert named(["ID", "File Name", "Transcription", "normalized-text", "Speaker ID", "age"]) == {
        "file": "File Name", "text": "normalized-text", "speaker": "Speaker ID",
    }  # fmt: skip
    assert is_header(["speaker", "path", "sentence"]) and is_header(["id", "words"])
    assert not is_header(["a", "text"]) and not is_header(["LJ001", "The file is there."])


def test_long_texts_of_a_script_without_spaces_take_no_time() -> None:
    written = "水をマレーシアから買わなくてはならない" * 2000
    assert reads_as(written, written.replace("水", "みず")) is True
