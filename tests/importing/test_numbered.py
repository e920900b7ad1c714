"""Lists whose lines begin with a number or a name: it is no part of what is read, unless it is heard."""

import pytest

from tests.importing.told import heard
from tts.importing.numbered import one_column, without_numbers

SAID = ["The river froze in the night.", "He kept the letters.", "12 men sat there.", "A kettle is quicker.", "Stop."]


def left(text: str, spoken: list[str]) -> tuple[str, str]:
    return without_numbers(text, [heard(one) for one in spoken], "en-us")


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("{0}. {1}", "1. "), ("{0}) {1}", "1) "), ("({0}) {1}", "(1) "), ("{0}: {1}", "1: "), ("{0} – {1}", "1 – "),
        ("{0} {1}", "1 "), ("{0:03d}\t{1}", "001\t"), ("{0:03d}|{1}", "001|"), ("LJ001-{0:04d} | {1}", "LJ001-0001 | "),
        ("clip_{0}.wav|{1}", "clip_1.wav|"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("joined", ["\n", "\n\n"])
def test_numbers_and_names_before_sentences_are_left_out(line: str, first: str, joined: str) -> None:
    text = joined.join(line.format(number, said) for number, said in enumerate(SAID, 1))
    assert left(text, SAID) == (joined.join(SAID), first)
    assert left(text, []) == (joined.join(SAID), first)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("s{0}|{1}|{1}", 3),
        ("s{0}|{2}|{1}", 3),
        ("s{0}|{1}|mia", 2),
        ("s{0} | mia | {1}", 3),
        ("{0}.wav\t{1}\tcalm\ten", 2),
    ],
)
def test_the_text_of_a_list_with_columns_is_one_of_them(line: str, column: int) -> None:
    lines = [line.format(n, said, said.replace("12", "a")) for n, said in enumerate(SAID, 1)]
    assert one_column("\n".join(lines)) == ("\n".join(SAID), column)
    assert one_column("\n\n".join([*lines, "a line|without"])) == ("\n".join([*SAID, "a line|without"]), column)


@pytest.mark.parametrize("text", ["\n".join(SAID), "a|b\nc|d\ne|f", "We came|we saw|we won\n" * 4, "a|b|c\nd|e|f", ""])
def test_other_bars_are_no_columns(text: str) -> None:
    assert one_column(text) == (text, 0)


def test_names_need_no_order_and_parts_may_be_counted_anew() -> None:
    assert left("\n".join(f"{9 - n}|{said}" for n, said in enumerate(SAID)), SAID) == ("\n".join(SAID), "9|")
    part = "\n".join(f"{number}. {said}" for number, said in enumerate(SAID * 2, 1))
    whole, _ = left(f"List 1\n{part}\nList 2\n{part}", SAID)
    assert whole.splitlines() == ["List 1", *SAID * 2, "List 2", *SAID * 2]


@pytest.mark.parametrize("line", ["{0}. {1}", "{0} {1}", "{0}|{1}"])
def test_what_is_heard_belongs_to_the_text(line: str) -> None:
    lines = [line.format(number, said) for number, said in enumerate(SAID, 1)]
    assert left("\n".join(lines), [one.replace("|", " ") for one in lines]) == ("\n".join(lines), "")


@pytest.mark.parametrize("text", [
    "12 men sat there.\n13 men stood.\n40 boats came.\nNobody saw them.",
    "1984 was cold.\n1986 was hot.\n1990 was wet.",
    "1. One thing.\n2. Another thing.",
    "The river froze.\n1. First.\n2. Second.\nIt was cold.\nNobody came.",
    "1.5 percent rose.\n2.5 percent fell.\n3.5 percent stayed.",
    "Yes|no\nYes|no\nYes|no",
    "",
])  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert left(text, []) == (text, "")
