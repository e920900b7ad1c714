"""Plain data against dataclasses: what fits is built, what does not is refused with its place named."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.errors import UserError
from tts.models.config import ModelConfig
from tts.settings.schedule import Schedule
from tts.settings.schema import nearest, parse, plain


@dataclass(frozen=True)
class Part:
    size: int
    share: float = 0.5


@dataclass(frozen=True)
class Whole:
    name: str
    kind: Literal["a", "b"] = "a"
    part: Part = field(default_factory=lambda: Part(1))
    parts: dict[str, Part] = field(default_factory=dict)
    sizes: tuple[int, ...] = ()
    limit: float | None = None
    flag: bool = False
    schedule: Schedule = 0.0
    anything: Any = None

    def __post_init__(self) -> None:
        if self.name == "forbidden":
            raise ValueError("that name is taken")


FULL = {
    "name": "x",
    "kind": "b",
    "part": {"size": 3, "share": 1},
    "parts": {"left": {"size": 2}},
    "sizes": [1, 2, 3],
    "limit": 4,
    "flag": True,
    "schedule": [[0, 1], [10, 0.5]],
    "anything": {"k": [1]},
}


def test_nested_data_is_built_and_defaults_fill_the_rest() -> None:
    assert parse(Whole, {"name": "x"}) == Whole("x")
    whole = parse(Whole, FULL)
    assert whole == Whole(
        "x", "b", Part(3, 1.0), {"left": Part(2)}, (1, 2, 3), 4.0, True, [[0.0, 1.0], [10.0, 0.5]], {"k": [1]}
    )
    assert isinstance(whole.part.share, float) and isinstance(whole.limit, float)


def test_plain_is_the_inverse_and_survives_json() -> None:
    whole = parse(Whole, FULL)
    assert parse(Whole, json.loads(json.dumps(plain(whole)))) == whole


@given(
    st.builds(
        Whole,
        name=st.text(max_size=5).filter(lambda name: name != "forbidden"),
        part=st.builds(Part, size=st.integers(), share=st.floats(allow_nan=False)),
        sizes=st.lists(st.integers()).map(tuple),
        limit=st.none() | st.floats(allow_nan=False),
        schedule=st.floats(allow_nan=False)
        | st.lists(st.lists(st.floats(allow_nan=False), min_size=2, max_size=2), max_size=3),
        anything=st.none() | st.text(max_size=3),
        kind=st.sampled_from(["a", "b"]),
        parts=st.dictionaries(st.text(max_size=3), st.builds(Part, size=st.integers()), max_size=2),
        flag=st.booleans(),
    )
)
def test_any_settings_come_back(whole: Whole) -> None:
    assert parse(Whole, plain(whole)) == whole


def test_the_model_settings_come_back() -> None:
    config = ModelConfig(width=64)
    assert parse(ModelConfig, json.loads(json.dumps(plain(config)))) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nmae": 1}, r"config: unknown key 'nmae'; did you mean 'name'\?"),
        ({"zzzzzz": 1}, r"unknown key 'zzzzzz'; known: anything, flag, kind"),
        ({"part": {"size": 1, "shrae": 2}}, r"config\.part: unknown key 'shrae'; did you mean 'share'\?"),
        ({"part": {}}, r"config\.part: the key 'size' is missing"),
        ({"part": None}, r"config\.part: expected a mapping"),
        ({"part": {"size": "3"}}, r"config\.part\.size: expected int, got '3'"),
        ({"part": {"size": 3.5}}, r"config\.part\.size: expected int"),
        ({"part": {"size": True}}, r"config\.part\.size: expected int, got True"),
        ({"part": {"size": None}}, r"config\.part\.size: expected int"),
        ({"part": {"size": float("nan")}}, r"config\.part\.size: expected int"),
        ({"part": {"size": 1, "share": True}}, r"config\.part\.share: expected float"),
        ({"part": {"size": 1, "share": 10**400}}, r"config\.part\.share: a number too large"),
        ({"parts": {"left": {"size": []}}}, r"config\.parts\.left\.size: expected int"),
        ({"parts": []}, r"config\.parts: expected a mapping"),
        ({"sizes": [1, "2"]}, r"config\.sizes\[1\]: expected int, got '2'"),
        ({"sizes": "12"}, r"config\.sizes: expected a list"),
        ({"kind": "c"}, r"config\.kind: 'c' is not one of a, b"),
        ({"kind": ["a"]}, r"config\.kind: \['a'\] is not one of a, b"),
        ({"limit": "none"}, r"config\.limit: expected float"),
        ({"flag": 1}, r"config\.flag: expected bool"),
        ({"schedule": [[0, "x"]]}, r"config\.schedule\[0\]\[1\]: expected float"),
        ({"name": 5}, r"config\.name: expected str, got 5"),
        ({"name": "forbidden"}, r"config: that name is taken"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        parse(Whole, {**FULL, **change})
    assert "\n" not in str(caught.value)


def test_messages_stay_short_whatever_a_file_holds() -> None:
    bomb: Any = "x" * 10_000
    for _ in range(8):
        bomb = [bomb] * 9
    for change in ({"name": bomb}, {"kind": bomb}, {"parts": bomb}, {"k" * 10_000: 1}, {"flag": 16**5000}):
        with pytest.raises(UserError) as caught:
            parse(Whole, {**FULL, **change})
        assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("data", [None, [], "name: x", 3])
def test_what_is_no_mapping_is_refused(data: object) -> None:
    with pytest.raises(UserError, match=r"voice\.yaml: expected a mapping of Whole"):
        parse(Whole, data, "voice.yaml")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(UserError, match=r"config: the key 'name' is missing"):
        parse(Whole, {})


def test_a_whole_number_written_as_a_float_is_an_int() -> None:
    size = parse(Part, {"size": 3.0}).size
    assert size == 3 and isinstance(size, int)


def test_nothing_in_data_names_code_to_run() -> None:
    """Neither a target to instantiate nor an interpolation is more than data."""
    with pytest.raises(UserError, match="unknown key '_target_'"):
        parse(Part, {"size": 1, "_target_": "os.system"})
    assert parse(Whole, {"name": "${oc.env:HOME}"}).name == "${oc.env:HOME}"


def test_nearest() -> None:
    assert nearest("alison", ["allison", "bob"]) == "; did you mean 'allison'?"
    assert nearest("zz", ["b", "a"]) == "; known: a, b"
    assert nearest("zz", []) == ""


def test_a_setting_that_is_no_more_is_passed_over_where_it_asked_for_nothing() -> None:
    @dataclass(frozen=True)
    class Fewer:
        retired: ClassVar[dict[str, object]] = {"blank": None}
        size: int = 1

    assert parse(Fewer, {"size": 2, "blank": None}) == Fewer(2)
    with pytest.raises(UserError, match=r"config\.blank: this setting is no more"):
        parse(Fewer, {"blank": -1.0})
