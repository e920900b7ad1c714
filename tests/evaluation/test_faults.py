"""Walks that may jump: what is skipped, repeated, foreign or cut short in made-up sound is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tts.alignment.hmm.states import StateTable
from tts.errors import UserError
from tts.evaluation.faults import find_faults, without_context
from tts.evaluation.robustness import read_hard_sentences
from tts.text.tokens import END, START, Tokens

PHONES = tuple("abcdefgh")
TOKENS = Tokens((START, *PHONES, END), (0,) * 10, (-1, 0, 0, 1, 1, 1, 1, 2, 2, -1), ("ab", "cdef", "gh"))
TABLE = StateTable(PHONES, 1)
FRAMES = 12


def sound(what: str) -> np.ndarray:
    """Scores of frames that clearly are the phones of `what`, hurried ones in capitals; `.` is silence."""
    rows = []
    for letter in what:
        row = np.full(TABLE.silence + 1, -40.0)
        row[TABLE.silence if letter == "." else PHONES.index(letter.lower())] = 0.0
        rows += [row] * (2 if letter.isupper() else FRAMES)
    return np.array(rows)


@pytest.mark.parametrize(
    ("what", "faults"),
    [
        (".abcdefgh.", []),
        (".ab.cdef.gh.", []),
        (".abcgh.", [("skipped", "d e f")]),
        (".abcdef.", [("cut short", "g h")]),
        (".abcdefdefgh.", [("repeated", "d e f")]),
        (".abcdbcdefgh.", [("repeated", "b c d")]),
        (".abdefgh.", []),  # one phone
        (".abcDEfgh.", [("skipped", "d e")]),
        (".abcdEfgh.", []),
        (".ababcdefgh.", [("repeated", "a b")]),  # a word of two phones
        (".abcdecDefgh.", []),  # two sounds, and one passed in a hurry
        (".abcdefefgh.", []),  # drawn out
        (".abcahdefgh.", []),  # a sound like another of the text
        (".abc" + 30 * "." + "defgh.", [("silence", "3.6 s")]),
        (".abcdefgh" + 30 * ".", [("run on", "3.6 s")]),
    ],
)
def test_faults_are_found_and_named(what: str, faults: list[tuple[str, str]]) -> None:
    path = TABLE.path(TOKENS, "made up")
    found = find_faults(sound(what), path, TABLE.silence, TOKENS, 0.01)
    assert [(fault.kind, fault.what) for fault in found] == faults


def test_a_phone_is_heard_whatever_follows_it() -> None:
    table = StateTable(("n", "a", "t"), 2, in_context=True)
    scores = torch.randn(5, table.silence + 1)
    found, plain = without_context(scores, table)
    for (phone, k, _), row in plain.rows.items():
        variants = [scores[:, i] for key, i in table.rows.items() if key[:2] == (phone, k)]
        assert len(variants) == (4 if (phone, k) == ("n", 1) else 1)  # before a, n, t and a pause
        torch.testing.assert_close(found[:, row], torch.stack(variants).amax(0))
    torch.testing.assert_close(found[:, plain.silence], scores[:, table.silence])


def test_nobody_hears_where_a_phone_ends_that_is_said_twice() -> None:
    """`with the`: one sound stands for both."""
    tokens = Tokens((START, *"abccdef", END), (0,) * 9, (-1, 0, 0, 0, 1, 1, 1, 1, -1), ("abc", "cdef"))
    assert not find_faults(sound(".abcdef."), TABLE.path(tokens, "made up"), TABLE.silence, tokens, 0.01)


def test_foreign_sound_is_babble() -> None:
    """Sounds of the language that are not the text's, in the midst of it."""
    table = StateTable((*PHONES, "z"), 1)
    row = np.full(table.silence + 1, -40.0)
    row[PHONES.index("a") + 8] = 0.0
    plain = np.insert(sound(".abcdefgh."), len(PHONES), -40.0, axis=1)
    mixed = np.concatenate([plain[: 4 * FRAMES], np.tile(row, (5 * FRAMES, 1)), plain[4 * FRAMES :]])
    [fault] = find_faults(mixed, table.path(TOKENS, "made up"), table.silence, TOKENS, 0.01)
    assert fault.kind == "babble"
    assert fault.seconds == pytest.approx(0.48, abs=0.02)


def test_another_text_is_no_way_to_speak_this_one() -> None:
    """As long as the text takes, and nothing of it."""
    table = StateTable((*PHONES, *"uvwxyz"), 1)
    rows = np.full((len("uvwxyzuv") * FRAMES, table.silence + 1), -40.0)
    rows[np.arange(len(rows)), [table.rows[letter, 0, ""] for letter in "uvwxyzuv" for _ in range(FRAMES)]] = 0.0
    assert find_faults(rows, table.path(TOKENS, "made up"), table.silence, TOKENS, 0.01)


def test_the_hard_sentences_are_five_hundred_of_named_classes(tmp_path: Path) -> None:
    hard = read_hard_sentences()
    assert len(hard) == len({sentence.text for sentence in hard}) == 500
    assert len({sentence.kind for sentence in hard}) == 11
    (tmp_path / "own.txt").write_text("One of mine.\nodd\tAnother.\n", "utf-8")
    assert [(s.kind, s.text) for s in read_hard_sentences(tmp_path / "own.txt")] == [
        ("given", "One of mine."), ("odd", "Another."),
    ]  # fmt: skip
    (tmp_path / "none.txt").write_text("# nothing\n", "utf-8")
    with pytest.raises(UserError, match="no sentence"):
        read_hard_sentences(tmp_path / "none.txt")
