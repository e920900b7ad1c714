"""What the dataclasses of a config say about its keys."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

from tts.settings.documented import SECTION, Field, documented, summary
from tts.settings.schedule import Schedule
from tts.settings.schema import Choice


@dataclass(frozen=True)
class Inner:
    """How large.

    More about it, which is not in the summary.
    """

    layers: int = 2
    """Of the stack,
    one after another."""
    widths: tuple[int, ...] = (8, 16)


class Shape(Choice, group="shape"):
    """What shape it takes."""


@dataclass(frozen=True)
class Round(Shape):
    """A circle."""

    kind: Literal["round"] = "round"
    radius: float = 1.0
    """In metres."""


@dataclass(frozen=True)
class Square(Shape):
    kind: Literal["square"] = "square"
    side: Inner = field(default_factory=Inner)


@dataclass(frozen=True)
class Base:
    name: str
    """Of the whole."""
    weight: Schedule | None = 0.5


@dataclass(frozen=True)
class Whole(Base):
    inner: Inner = field(default_factory=lambda: Inner(layers=5))
    shape: Shape = field(default_factory=lambda: Round(radius=2.0))
    parts: dict[str, Inner] = field(default_factory=dict)
    rest: Inner | None = None
    """What is left."""


FIELDS = {(entry.key, entry.option): entry for entry in documented(Whole)}


def test_every_key_comes_once_in_the_order_of_the_dataclass() -> None:
    keys = [entry.key for entry in documented(Whole)]
    assert len(FIELDS) == len(keys)
    assert [key for key in keys if "." not in key] == [
        "name", "weight", "inner", "shape", "shape", "rest",
    ]  # fmt: skip


def test_docstrings_are_one_line_each_and_those_of_a_base_count() -> None:
    assert FIELDS["name", ""] == Field("name", "text", dataclasses.MISSING, "Of the whole.")
    assert FIELDS["inner.layers", ""].doc == "Of the stack, one after another."
    assert FIELDS["inner.widths", ""].doc == ""


def test_a_sections_own_default_is_the_default_of_its_keys() -> None:
    assert FIELDS["inner.layers", ""].default == 5
    assert FIELDS["inner.widths", ""].default == [8, 16]
    assert FIELDS["rest.layers", ""].default == 2


def test_types_are_said_in_words() -> None:
    assert FIELDS["weight", ""].kind == "number, [step, value] points or null"
    assert FIELDS["inner.widths", ""].kind == "list of integer"


def test_a_choice_names_its_options_and_each_option_has_its_keys() -> None:
    assert FIELDS["shape.kind", ""] == Field("shape.kind", "round or square", "round", "What shape it takes.")
    assert FIELDS["shape", "shape=round"].doc == "A circle."
    assert FIELDS["shape.radius", "shape=round"] == Field("shape.radius", "number", 2.0, "In metres.", "shape=round")
    assert FIELDS["shape.side.layers", "shape=square"].default == 2


def test_sections_say_what_they_are_for() -> None:
    assert FIELDS["inner", ""].kind == SECTION and FIELDS["inner", ""].doc == "How large."
    assert FIELDS["rest", ""].doc == "What is left."
    assert FIELDS["parts.*", ""].kind == SECTION and "parts.*.layers" in {key for key, _ in FIELDS}


def test_a_summary_is_the_first_paragraph_or_nothing() -> None:
    assert summary(Inner) == "How large."
    assert summary(Whole) == ""
