"""Files of plain data hold texts, finite numbers, true, false and null, in a believable size, and nothing else."""

import math
from pathlib import Path

import pytest
import yaml

from tts.errors import UserError
from tts.storage.plain_data import plain_file


def read(folder: Path, name: str, content: str) -> object:
    (folder / name).write_text(content, "utf-8")
    return plain_file(folder / name)


@pytest.mark.parametrize(
    "text", ["1:30", "190:20:30.15", "0x1F", "0b11", "012", "1_000", "2001-12-14", "yes", "=", "<<"]
)
def test_only_decimal_numbers_are_numbers(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, "a.yaml", f"key: {text}") == {"key": text}
    assert read(tmp_path, "a.yaml", f"{text}: 1") == {text: 1}


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    settings = {
        "a": [0, -1, 10**17, 1e-5, -2.5e30, 16000.0, True, False, None], "b": {"c": "null", "d": "1.0", "e": "true"},
        "f": ["", "~", "1:30", "ə́", "1e5", "1.5e5", "0x10", "2001-01-01", ".inf", "- x", "#"],
    }  # fmt: skip
    read_back = read(tmp_path, "a.yaml", yaml.safe_dump(settings, allow_unicode=True))
    assert read_back == settings and repr(read_back) == repr(settings)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "a: [" + "1:30:30," * 90_000 + "]"),
        ("a.yaml", f"0x{'f' * 6000}: 1"),
        ("a.yaml", 'a: "\\uD800"'),
        ("a.yaml", "a: 1.0e+999"),
        ("a.yaml", "{" * 9000),
        ("a.json", f'{{"a": {"9" * 5000}}}'),
        ("a.json", f'{{"a": 1{"0" * 400}}}'),
        ("a.json", '{"a": NaN}'),
        ("a.json", '{"a": 1e999}'),
        ("a.json", '{"a": "\\ud800"}'),
        ("a.json", '{"\\udfff": 1}'),
        ("a.json", '"' + "x" * (1 << 20) + '"'),
    ],
)
def test_what_no_file_of_ours_holds_is_refused(name: str, content: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"{name}: (cannot be read|larger)") as refused:
        read(tmp_path, name, content)
    assert len(str(refused.value)) < 600


def test_a_long_whole_number_in_yaml_is_a_text(tmp_path: Path) -> None:
    assert read(tmp_path, "a.yaml", f"a: {'9' * 401}") == {"a": "9" * 401}
    assert not math.isfinite(float("9" * 401))
