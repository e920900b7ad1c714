"""`format=piper`: one `.onnx` and its `.onnx.json`, for Piper and the programs that speak its voices.

https://github.com/OHF-Voice/piper1-gpl says what they hold. The second output is how many hops each id lasts, where
Piper looks for alignments.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tts.errors import UserError
from tts.export.acoustic import TextToMel
from tts.export.code_points import CodePoints
from tts.export.graphs import save_graph
from tts.export.hosted import Hosted, Piper
from tts.export.shrinking import Precision
from tts.export.vocoder import MelToWave
from tts.storage.files import write_text
from tts.synthesis.voice import Voice
from tts.vocoder.generator import Generator

MODEL = "voice.onnx"
EXAMPLE_IDS = 17
"""Number of ids that torch follows through the model; the graph takes others."""


def export_piper(
    voice: Voice, vocoder: Generator, language: str, out: Path, precision: Precision = "float32"
) -> list[Path]:
    """Write the voice in one of its languages into `out`; the files.

    Raises
    ------
    UserError: a decoder that is not exported, or a voice that reads letters and no phones.
    """
    hosted = hosted_voice(voice, language)
    audio, speakers = voice.config.audio, voice.info.speakers
    example = [example_ids(), torch.tensor([EXAMPLE_IDS]), torch.tensor([0.0, 1.0, 0.0]), torch.zeros(1).long()]
    inputs = ["input", "input_lengths", "scales", "sid"][: 4 if len(speakers) > 1 else 3]
    save_graph(
        out / MODEL,
        Piper(hosted, MelToWave(vocoder)),
        example[: len(inputs)],
        inputs,
        ["output", "durations"],
        ["input"],
        sherpa_metadata(voice, language) | {"model_type": "vits", "comment": "piper", "add_blank": 1},
        precision,
    )
    id_map = hosted.code_points.id_map
    card = {
        "audio": {"sample_rate": audio.sample_rate, "quality": "medium"},
        "espeak": {"voice": language},
        "language": {"code": language.replace("-", "_"), "family": language.split("-")[0]},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": id_map,
        "num_symbols": len(hosted.code_points.points),
        "num_speakers": len(speakers),
        "speaker_id_map": {name: i for i, name in enumerate(speakers)} if len(speakers) > 1 else {},
        "hop_length": audio.hop_length,
        "piper_version": "1.0.0",
        "dataset": voice.info.training.get("name"),
        "license": voice.info.licence,
        "credits": voice.info.credits,
    }
    write_text(out / f"{MODEL}.json", json.dumps(card, indent=2, ensure_ascii=False))
    return [out / MODEL, out / f"{MODEL}.json"]


def hosted_voice(voice: Voice, language: str) -> Hosted:
    """The voice behind ids of code points. Raises UserError where it reads letters, or its decoder is not exported."""
    if voice.config.text.units != "phones":
        raise UserError("this voice reads letters, and Piper and sherpa-onnx send phones; choose format=onnx")
    return Hosted(TextToMel(voice.model), CodePoints(voice.table), voice.info.languages.index(language))


def example_ids() -> torch.Tensor:
    """Ids for torch to follow, `[1, n]`: a start, phones and pads, an end."""
    ids = torch.zeros(1, EXAMPLE_IDS, dtype=torch.int64)
    ids[0, ::2] = torch.arange(10, 10 + (EXAMPLE_IDS + 1) // 2)
    ids[0, 0], ids[0, -1] = 1, 2
    return ids


def sherpa_metadata(voice: Voice, language: str) -> dict[str, str | int]:
    """What sherpa-onnx reads in a model of either kind."""
    return {
        "sample_rate": voice.config.audio.sample_rate,
        "n_speakers": len(voice.info.speakers),
        "language": language,
        "voice": language,
        "has_espeak": 1,
    }
