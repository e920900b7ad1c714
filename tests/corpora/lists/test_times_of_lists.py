"""Which part of a file a line of a list means."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds, text
from tts.errors import UserError

ONE, TWO = "The rain has stopped.", "A door stood open."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sounds(tmp_path, "talk.wav", seconds=1.0)


def test_a_length_that_contradicts_an_end_is_unclear(folder: Path) -> None:
    text(folder / "metadata.csv", f"file,start,end,duration,text\ntalk,0,0.4,1.0,{ONE}\ntalk,0.4,0.98,0.6,{TWO}\n")
    assert problems(read("ljspeech", folder)) == {
        "talk-0": "metadata.csv:2: start, seconds and end are no times (1 seconds from 0 on do not end at 0.4)"
    }


@pytest.mark.parametrize(
    ("start", "end", "advice"),
    [(0, 300, "are these times in seconds"), (0.8, 2.4, "are these"), (0.8, 1.2, "mend this end"), (0, 2.1, "are")],
)
def test_a_part_that_ends_after_its_file_is_refused(folder: Path, start: float, end: float, advice: str) -> None:
    text(folder / "metadata.csv", f"file,start,end,text\ntalk,{start},{end},{ONE}\n")
    (recording,) = read("auto", folder)
    with pytest.raises(UserError, match=rf"talk\.wav: it is 1\.00 s long, .* ends at {end} s; {advice}"):
        recording.load()


@pytest.mark.parametrize("seconds", [1.15, 2])
def test_the_length_of_a_whole_file_may_be_rounded(folder: Path, seconds: float) -> None:
    line = {"audio_filepath": "talk.wav", "offset": 0.0, "duration": seconds, "text": ONE}
    text(folder / "manifest.json", json.dumps(line))
    (recording,) = read("auto", folder)
    assert len(recording.load().wav) == 8000
    text(folder / "manifest.json", json.dumps(line) + "\n" + json.dumps(line | {"offset": 0.5, "duration": 0.5}))
    with pytest.raises(UserError, match="mend this end"):
        read("auto", folder)[0].load()


def test_an_end_may_be_rounded(folder: Path) -> None:
    text(folder / "metadata.csv", f"file,start,end,text\ntalk,0.5,1.05,{ONE}\n")
    (recording,) = read("auto", folder)
    assert len(recording.load().wav) == 4000


def test_names_of_columns_of_segments(folder: Path) -> None:
    text(folder / "metadata.csv", f"file,segment_start,segment_end,text\ntalk,0.0,0.5,{ONE}\ntalk,0.5,1.0,{TWO}\n")
    assert [id for id, _, _ in rows(read("auto", folder))] == ["talk-0.0", "talk-0.5"]


def test_times_under_other_names_are_not_passed_over(folder: Path) -> None:
    message = r":{}: it names 'talk', as line {} does, and the numbers in start_ms and end_ms are not used"
    text(folder / "metadata.csv", f"file,start_ms,end_ms,text\ntalk,0,500,{ONE}\ntalk,500,1000,{TWO}\n")
    with pytest.raises(UserError, match=message.format(3, 2)):
        read("auto", folder)
    (folder / "metadata.csv").unlink()
    parts = [{"audio": "talk", "text": said, "start_ms": at, "end_ms": at + 500} for at, said in ((0, ONE), (500, TWO))]
    text(folder / "manifest.json", "\n".join(map(json.dumps, parts)))
    with pytest.raises(UserError, match=message.format(2, 1)):
        read("auto", folder)
    text(folder / "manifest.json", "\n".join(json.dumps(part | {"text": ONE}) for part in parts))
    assert len(read("auto", folder)) == 2, "the same text twice is one recording twice"


def test_a_file_that_is_listed_twice_with_other_numbers_is_only_a_duplicate(folder: Path) -> None:
    sounds(folder, "a.wav", "b.wav")
    lines = "file_name,text,utterance_pitch_mean,snr\na.wav,One.,99.5,30\nb.wav,Two.,98.5,31\ntalk.wav,Tree.,97.5,32\n"
    text(folder / "metadata.csv", f"{lines}talk.wav,Three.,99.1,33\n")
    assert [r.text for r in read("auto", folder)] == ["One.", "Two.", "Tree.", "Three."]
    text(folder / "metadata.csv", f"{lines.replace('snr', 'startMs')}talk.wav,Three.,99.1,33\n")
    with pytest.raises(
        UserError, match=r":5: it names 'talk\.wav', as line 4 does, and the numbers in startMs are not"
    ):
        read("auto", folder)


@pytest.mark.parametrize("numbers", [(0.0, 0.5), ("0:00", "0:00.5"), ("9,5", "10,5")])
def test_numbers_that_rise_from_line_to_line_of_a_file_may_be_times(folder: Path, numbers: tuple[object, ...]) -> None:
    first, second = numbers
    text(folder / "metadata.csv", f"file|t0|gain|text\ntalk|{first}|7|{ONE}\ntalk|{second}|5|{TWO}\n")
    with pytest.raises(UserError, match="the numbers in t0 are not used"):
        read("auto", folder)
    text(folder / "metadata.csv", f"file|gain|text\ntalk|7|{ONE}\ntalk|5|{TWO}\n")
    assert len(read("auto", folder)) == 2


@pytest.mark.parametrize("name", ["length", "len", "finish", "duration_ms", "endMs", "offset", "to"])
def test_what_may_be_an_end_beside_a_start_is_not_passed_over(folder: Path, name: str) -> None:
    text(folder / "metadata.csv", f"file,start,{name},text\ntalk,0.2,0.3,{ONE}\n")
    message = rf"metadata\.csv:2: it has a start, and the numbers in {name} are not used: call the column end if"
    with pytest.raises(UserError, match=message):
        read("auto", folder)
    text(folder / "metadata.csv", f"file,start,end,{name},text\ntalk,0.2,0.3,7,{ONE}\n")
    assert len(read("auto", folder)) == 1


@pytest.mark.parametrize("name", ["text_length", "word_count", "tone", "length"])
def test_what_is_no_end_beside_a_start_is_left(folder: Path, name: str) -> None:
    value = "long" if name == "length" else "7"
    text(folder / "metadata.csv", f"file,start,{name},text\ntalk,0.2,{value},{ONE}\n")
    (recording,) = read("auto", folder)
    assert len(recording.load().wav) == 6400


@pytest.mark.parametrize("names", ["start,dur", "onset,duration_sec", "start_sec,until", "start_sec,end_sec"])
def test_other_names_of_times_in_seconds(folder: Path, names: str) -> None:
    text(folder / "metadata.csv", f"file,{names},text\ntalk,0.25,0.5,{ONE}\n")
    (recording,) = read("auto", folder)
    assert len(recording.load().wav) == (4000 if "dur" in names else 2000)


def test_an_offset_beside_an_onset_is_no_start(folder: Path) -> None:
    text(folder / "metadata.csv", f"file,onset,offset,text\ntalk,0.2,0.3,{ONE}\n")
    with pytest.raises(UserError, match="it has a start, and the numbers in offset are not used"):
        read("auto", folder)


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        ("talk.wav\t0.0\t0.2\t{}\ntalk.wav\t0.2\t0.4\t{}\n", "[file,start,end,text]"),
        ("talk\t0.0\t0.2\tmia\t{}\ntalk\t0.2\t0.4\ttom\t{}\n", "[file,start,end,_,text]"),
        ("talk\t0:00\t{}\ntalk\t0:02\t{}\n", "[file,start,text]"),
        ("0.000000\t0.200000\t{}\n0.200000\t0.400000\t{}\n", "[file,start,end,text]"),
    ],
)
def test_times_without_names_are_asked_about(folder: Path, lines: str, columns: str) -> None:
    text(folder / "labels.tsv", lines.format(ONE, TWO))
    with pytest.raises(UserError, match=r"labels\.tsv: '0.* in line 1 and the like may be times") as error:
        read("auto", folder)
    assert f"corpus.columns={columns}" in str(error.value)
    assert ("no file of sound is named" in str(error.value)) == lines.startswith("0.0")


def test_times_of_a_clock(folder: Path) -> None:
    text(folder / "metadata.csv", f"file|start|end|text\ntalk|00:00:00.2|0:0.5|{ONE}\ntalk|00:00:00,5|00:00:01|{TWO}\n")
    found = read("auto", folder)
    assert [(r.id, len(r.load().wav)) for r in found] == [("talk-00.00.00.2", 2400), ("talk-00.00.00,5", 4000)]
    text(folder / "metadata.csv", f"file;start;end;text\ntalk;0,2;0,5;{ONE}\n")
    (problem,) = problems(read("ljspeech", folder)).values()
    assert "'0,2' is no number of seconds, such as 1.5" in problem
