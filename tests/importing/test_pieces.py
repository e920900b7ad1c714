"""Where a recording is cut."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tts.importing.config import PieceConfig
from tts.importing.pieces import cut
from tts.importing.spoken_text import Part
from tts.preparation.pauses import Span

CONFIG = PieceConfig()


def recording(*parts: tuple[str, float, float]) -> tuple[list[Part], list[Span]]:
    """Parts with (text, seconds, pause after), and the pauses."""
    time, found, pauses = 0.5, list[Part](), [Span(0.0, 0.5)]
    for text, seconds, pause in parts:
        found.append(Part(text, time, time + seconds, text[-1] in ".?!"))
        if pause >= CONFIG.shortest_pause:
            pauses.append(Span(time + seconds, time + seconds + pause))
        time += seconds + pause
    return found, pauses


def test_pieces_end_with_sentences_and_keep_some_of_the_pause() -> None:
    pieces, left_out = cut(*recording(("One,", 2, 0.3), ("two.", 3, 0.6), ("Three.", 5, 0.6)), CONFIG)
    assert [piece.text for piece in pieces] == ["One, two.", "Three."]
    assert [(round(piece.start, 3), round(piece.end, 3)) for piece in pieces] == [(0.35, 5.95), (6.25, 11.55)]
    assert not left_out


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    pieces, _ = cut(*recording(("One,", 7, 0.3), ("two,", 0.5, 0.05), ("three.", 7, 0.6)), CONFIG)
    assert [piece.text for piece in pieces] == ["One,", "two, three."]


def test_short_sentences_are_joined() -> None:
    pieces, left_out = cut(*recording(("No.", 0.4, 0.3), ("Yes.", 0.4, 0.3), ("Why not?", 0.9, 0.5)), CONFIG)
    assert [piece.text for piece in pieces] == ["No. Yes. Why not?"] and not left_out


def test_what_has_no_pause_is_left_out_alone() -> None:
    pieces, left_out = cut(*recording(("One.", 4, 0.5), ("Two.", 20, 0.5), ("Three.", 4, 0.5)), CONFIG)
    assert [piece.text for piece in pieces] == ["One.", "Three."]
    assert [(one.text, one.reason.partition(":")[0]) for one in left_out] == [("Two.", "too long")]


def test_what_is_said_within_a_pause_lasts_no_less_than_nothing() -> None:
    parts, pauses = recording(("One.", 0.4, 0.5))
    pieces, left_out = cut(parts, [Span(0.0, pauses[-1].end)], CONFIG)
    assert not pieces and [one.reason for one in left_out] == ["too short: 0.0 s"]


def test_something_else_or_a_long_silence_is_in_no_piece() -> None:
    parts, pauses = recording(("One.", 2, 0.5), ("Two.", 2, 0.5), ("Three.", 2, 3.0), ("Four.", 2, 0.5))
    pieces, _ = cut([parts[0], replace(parts[1], apart=True), *parts[2:]], pauses, CONFIG)
    assert [piece.text for piece in pieces] == ["One.", "Two. Three.", "Four."]


def test_no_piece_holds_words_that_were_heard_about_it() -> None:
    parts, pauses = recording(("One.", 2, 0.5), ("Two.", 2, 0.5), ("Three.", 2, 0.5))
    # A word that the text lacks lasts from 3.0 to 3.4, and no pause is between it and "Two.".
    lacking = [parts[0], replace(parts[1], start=3.4, before=3.2, apart=True), parts[2]]
    assert [piece.text for piece in cut(lacking, pauses, CONFIG)[0]] == ["One.", "Three."]
    lacking = [replace(parts[1], end=4.6, after=4.8), replace(parts[2], apart=True)]
    assert [piece.text for piece in cut(lacking, pauses, CONFIG)[0]] == ["Three."]
    # Where one is, it is cut there; a recogniser's words may last into it.
    with_pause = sorted([*pauses, Span(3.3, 3.6)])
    pieces, _ = cut([replace(parts[1], start=3.6, before=3.25)], with_pause, CONFIG)
    assert [round(piece.start, 2) for piece in pieces] == [3.45]


def test_a_part_with_a_problem_is_left_out_with_it() -> None:
    parts, pauses = recording(("One.", 2, 0.5), ("Two.", 2, 0.5), ("Three.", 2, 0.5))
    pieces, left_out = cut([parts[0], replace(parts[1], problem="not heard"), parts[2]], pauses, CONFIG)
    assert [piece.text for piece in pieces] == ["One.", "Three."]
    assert [(one.text, one.reason) for one in left_out] == [("Two.", "not heard")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a.", "b,", "c"]), st.floats(0.05, 20), st.floats(0, 2.0)), min_size=1, max_size=25
    )
)
def test_every_text_is_in_a_piece_or_left_out_and_pieces_do_not_overlap(parts: list[tuple[str, float, float]]) -> None:
    found, pauses = recording(*parts)
    pieces, left_out = cut(found, pauses, CONFIG)
    ordered = sorted([*pieces, *left_out], key=lambda one: one.start)
    assert " ".join(one.text for one in ordered).split() == [text for text, _, _ in parts]
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(pieces))
    most = CONFIG.longest + 2 * CONFIG.margin
    assert all(CONFIG.shortest <= piece.end - piece.start <= most + 1e-6 for piece in pieces)
