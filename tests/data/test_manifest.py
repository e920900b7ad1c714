"""Manifests and cards of prepared corpora: what is damaged is named."""

import json
from pathlib import Path

import pytest

from tts.data.manifest import read_manifest
from tts.errors import UserError

LINE = {
    "id": "a", "recording": "a", "speaker": "me", "split": "train", "text": "oh", "seconds": 1.0,
    "symbols": ["<s>", "o", "</s>"], "stress": [0, 1, 0], "word": [-1, 0, -1], "words": ["oh"],
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        b"\xff", b"[" * 100_000, b'{"id": ' + b"1" * 5000 + b"}", b"{", b"[]", json.dumps(LINE).encode(),
        *(
            json.dumps(LINE | {"id": "b"} | change).encode()
            for change in (
                {"stress": [0]}, {"stress": [0, 10**30, 0]}, {"word": [-1, 1, -1]}, {"symbols": [], "stress": [],
                "word": []}, {"seconds": float("nan")}, {"seconds": float("inf")}, {"seconds": 0}, {"id": "../b"},
                {"seconds": 1e308}, {"seconds": -1.0}, {"seconds": True}, {"id": "b" * 300}, {"id": "b\0"},
                {"id": ".b"}, {"id": "b\ud800"}, {"speaker": "\udcff"}, {"speaker": ""},
                {"symbols": ["<s>", "\ud83d", "</s>"]},
                {"symbols": ["<s>", "", "</s>"]}, {"words": ["\udcff"]}, {"split": "both"}, {"text": 7},
                {"symbols": ["o"] * 100_001, "stress": [0] * 100_001, "word": [0] * 100_001},
            )
        ),
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_named_by_line(tmp_path: Path, line: bytes) -> None:
    info = {"name": "n", "language": "en", "licence": "", "credits": "", "sample_rate": 16000, "text": {}}
    (tmp_path / "corpus.json").write_text(json.dumps(info))
    first = json.dumps(LINE).encode() + b"\n"
    (tmp_path / "manifest.jsonl").write_bytes(first)
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"]
    (tmp_path / "manifest.jsonl").write_bytes(first + line + b"\n")
    with pytest.raises(UserError, match=r"manifest\.jsonl:2"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sample_rate": 0}, "sample_rate=0"), ({"sample_rate": 10**30}, "sample_rate"), ({"name": "\udcff"}, "half a"),
        ({"text": {"units": "sounds"}}, "text.units"), ({"text": {"tongue": "en"}}, "text: unknown key"),
        ({"name": 1}, "name"),
    ],
)  # fmt: skip
def test_a_damaged_card_is_named(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    (tmp_path / "manifest.jsonl").write_text(json.dumps(LINE) + "\n")
    info = {"name": "n", "language": "en", "licence": "", "credits": "", "sample_rate": 16000, "text": {}}
    (tmp_path / "corpus.json").write_text(json.dumps(info))
    assert read_manifest(tmp_path).info.text["units"] == "phones"
    (tmp_path / "corpus.json").write_text(json.dumps(info | change))
    with pytest.raises(UserError, match=rf"corpus\.json: .*{complaint}|corpus\.json\.{complaint}"):
        read_manifest(tmp_path)
