"""Phones that a corpus lacks, and sentences chosen greedily that have them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tts.data.manifest import Utterance
from tts.inspection.coverage import ENOUGH, Candidate, by_use, coverage, pairs, read_all
from tts.settings.schema import plain
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

READ = TextFrontEnd(TextConfig(units="graphemes"))


def said(*texts: str) -> list[Utterance]:
    tokens = [{key: tuple(value) for key, value in plain(READ(text)).items() if key != "mark"} for text in texts]
    return [Utterance(f"u{i}", f"u{i}", "me", "train", texts[i], 1.0, **t) for i, t in enumerate(tokens)]


def test_what_is_never_heard_comes_first_and_sentences_with_it_are_suggested() -> None:
    sentences = read_all(["aab", "abc xyz", "a zoo"], READ)
    found = coverage(said(*["abc"] * ENOUGH, "x"), sentences, 5)
    assert found.heard == {"a": ENOUGH, "b": ENOUGH, "c": ENOUGH, "x": 1}
    assert list(found.rare.items()) == [("o", 0), ("y", 0), ("z", 0), ("x", 1)]
    assert found.suggested == ["a zoo", "abc xyz"]
    assert found.pairs == (2, len({"a a", "a b", "b c", "c x", "x y", "y z", "a z", "z o", "o o"}))


def test_what_was_said_is_not_suggested_again() -> None:
    assert coverage(said("abc"), read_all(["abc", "xyz"], READ), 5).suggested == ["xyz"]


def test_no_sentences_no_suggestions() -> None:
    found = coverage(said("abc"), {}, 5)
    assert found.suggested == [] and found.pairs == (0, 0) and found.rare == {"a": 1, "b": 1, "c": 1}


def test_pairs_go_across_words_and_leave_punctuation_out() -> None:
    assert pairs(READ("ab, c.")) == ["a b", "b c"]


def test_unpronounceable_sentences_are_left_out() -> None:
    assert list(read_all(["?!", "abc"], READ)) == ["abc"]


UNITS = st.lists(st.text("abcdef", min_size=1, max_size=12), min_size=1, max_size=12, unique=True)


@settings(deadline=None)
@given(UNITS, st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12)), st.integers(1, 4))
def test_each_choice_is_the_best_that_is_left(texts: list[str], heard: dict[str, int], enough: int) -> None:
    candidates = {text: Counter(text) for text in texts}
    counts, left = Counter(heard), dict(candidates)

    def gain(text: str) -> float:
        new = sum(
            sum(1 / (1 + k) for k in range(counts[u], min(counts[u] + n, enough))) for u, n in Counter(text).items()
        )
        return new / (5 + len(text))

    for text, found in by_use([Candidate(t, c) for t, c in candidates.items()], heard, enough):
        best = max(map(gain, left))
        assert abs(found - best) < 1e-9 and abs(gain(text) - best) < 1e-9
        counts.update(left.pop(text))
    assert not left
