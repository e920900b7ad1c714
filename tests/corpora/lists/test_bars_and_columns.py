"""Lists in which some lines have a column more than others: a text as it is read, a name, or half of a text."""

from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, sounds, text
from tts.errors import UserError

WRITTEN = [f"The {n} boats of the harbour were painted again." for n in (3, 5, 12, 21)]
READ = [one.replace(str(n), said) for one, n, said in
        zip(WRITTEN, (3, 5, 12, 21), ("three", "five", "twelve", "twenty-one"), strict=True)]  # fmt: skip
PLAIN = ["A letter came on Monday.", "She read it twice.", "Then she burned it.", "Nobody asked her why."]


def listed(folder: Path, lines: list[str]) -> Path:
    sounds(folder, *(f"wavs/{n}.wav" for n in range(len(lines))))
    text(folder / "metadata.csv", "\n".join(f"{n}|{line}" for n, line in enumerate(lines)))
    return folder


@pytest.mark.parametrize("layout", ["ljspeech", "auto"])
@pytest.mark.parametrize("plain", [1, 4, 9])
def test_a_text_as_it_is_read_may_stand_in_few_lines(tmp_path: Path, layout: str, plain: int) -> None:
    lines = [*PLAIN * plain, *map("|".join, zip(WRITTEN, READ, strict=True))]
    found = read(layout, listed(tmp_path, lines))
    assert problems(found) == {}
    assert [recording.text for recording in found] == [*PLAIN * plain, *READ]


@pytest.mark.parametrize("layout", ["ljspeech", "auto"])
@pytest.mark.parametrize("count", [10, 600])
def test_half_of_a_text_is_none_among_lines_of_three_columns(tmp_path: Path, layout: str, count: int) -> None:
    lines = [f"{PLAIN[n % 4]}|{PLAIN[n % 4]}" for n in range(count)]
    lines[3] = "She left the house | she left the garden"
    found = read(layout, listed(tmp_path, lines))
    assert list(problems(found)) == ["3"]
    assert {recording.text for recording in found if not recording.problem} == set(PLAIN)


@pytest.mark.parametrize("layout", ["ljspeech", "auto"])
def test_names_in_half_of_the_lines_are_not_taken_for_halves_of_texts(tmp_path: Path, layout: str) -> None:
    lines = [f"{PLAIN[n % 4]} {n}" + ("|ann" if n % 2 else "") for n in range(20)]
    with pytest.raises(UserError, match="ann"):
        read(layout, listed(tmp_path, lines))


def test_lines_that_take_turns_are_seen_alike_in_a_long_list(tmp_path: Path) -> None:
    lines = [f"{PLAIN[n % 4]}|{PLAIN[n % 4] if n % 2 else ''}" for n in range(1000)]
    found = read("auto", listed(tmp_path, lines))
    assert problems(found) == {} and {recording.text for recording in found} == set(PLAIN)
