"""`format=onnx`: a voice for `tts.runtime`, which needs no torch."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tts.export.acoustic import TextToMel
from tts.export.graphs import save_graph
from tts.export.shrinking import Precision
from tts.export.vocoder import MelToWave
from tts.runtime.folder import (
    ACOUSTIC,
    CARD,
    CONTROL_INPUTS,
    PITCH_INPUT,
    SETTING_INPUTS,
    SYMBOLS,
    TOKEN_INPUTS,
    VOCODER,
    Card,
)
from tts.settings.schema import plain
from tts.storage.files import sha256, write_text
from tts.synthesis.voice import Voice
from tts.vocoder.generator import Generator

EXAMPLE_TOKENS, EXAMPLE_FRAMES = 7, 50
"""Sizes of what torch follows through the model; the graphs take others."""


def export_onnx(voice: Voice, vocoder: Generator, out: Path, precision: Precision = "float32") -> list[Path]:
    """Write the two graphs, the symbols and the card into `out`, the card last; the files.

    Raises
    ------
    UserError: a decoder that is not exported.
    """
    info, audio = voice.info, voice.config.audio
    tokens = torch.ones(1, EXAMPLE_TOKENS, dtype=torch.int64)
    shares = torch.nn.functional.one_hot(torch.zeros(1, dtype=torch.int64), len(info.speakers)).float()
    text_to_mel = TextToMel(voice.model)
    controls = CONTROL_INPUTS if text_to_mel.takes_controls else ()
    save_graph(
        out / ACOUSTIC,
        text_to_mel,
        [
            *(tokens.clone() for _ in TOKEN_INPUTS),
            shares,
            torch.ones(1),
            torch.zeros(1),
            *([torch.zeros(1)] if controls else []),
            *(tokens.clone() if name == "group" else tokens.float() for name in controls),
        ],
        [*TOKEN_INPUTS, "speaker", *SETTING_INPUTS, *([PITCH_INPUT] if controls else []), *controls],
        ["mel", "durations"],
        [*TOKEN_INPUTS, *controls],
        precision=precision,
    )
    mel = torch.zeros(1, EXAMPLE_FRAMES, audio.n_mels)
    save_graph(out / VOCODER, MelToWave(vocoder), [mel], ["mel"], ["wav"], ["mel"], precision=precision)
    write_text(out / SYMBOLS, voice.table.to_json())
    card = Card(
        sample_rate=audio.sample_rate,
        hop_length=audio.hop_length,
        text=voice.config.text,
        speakers=info.speakers,
        language=info.language,
        languages=info.languages,
        native=info.native,
        licence=info.licence,
        credits=info.credits,
        training=info.training,
        sha256={name: sha256(out / name) for name in (ACOUSTIC, VOCODER, SYMBOLS)},
    )
    write_text(out / CARD, json.dumps(plain(card), indent=2, ensure_ascii=False))
    return [out / name for name in (ACOUSTIC, VOCODER, SYMBOLS, CARD)]
