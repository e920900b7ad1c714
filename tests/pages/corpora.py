"""A small prepared corpus for pages: noises with texts, some of them hostile."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tts.audio import waveform
from tts.data.manifest import CorpusInfo, Utterance, read_manifest, write_manifest
from tts.inspection.inspection import Inspection, inspect
from tts.settings.schema import plain
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

RATE = 16000
HOSTILE = '<script>window.broken = true</script><img src=x onerror="window.broken = true"> & "quoted" \'text\''
TEXT = TextConfig(units="graphemes")


def corpus(folder: Path, texts: dict[str, str], speaker: str = "me", seconds: float = 1.0) -> Path:
    """Write a prepared corpus; every sound is another noise."""
    read = TextFrontEnd(TEXT)
    utterances = []
    (folder / "audio").mkdir(parents=True)
    for number, (id, text) in enumerate(texts.items()):
        wav = 0.1 * torch.randn(round(seconds * RATE), generator=torch.Generator().manual_seed(number))
        waveform.write(folder / "audio" / f"{id}.flac", wav, RATE)
        tokens = {key: tuple(value) for key, value in plain(read(text)).items() if key != "mark"}
        utterances.append(Utterance(id, id, speaker, "train", text, seconds, **tokens))
    write_manifest(folder, CorpusInfo("mine", "en-us", "none", "nobody", RATE, plain(TEXT)), utterances)
    return folder


def inspected(folder: Path) -> Inspection:
    return inspect(read_manifest(folder), 1, None, None)


def corrections(folder: Path) -> dict[str, dict[str, str]]:
    """By id."""
    path = folder / "corrections.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {entry["id"]: entry for entry in map(json.loads, lines)}
