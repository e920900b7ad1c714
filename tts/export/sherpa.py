"""`format=sherpa`: acoustic model and vocoder apart, as sherpa-onnx loads a Matcha-TTS voice, with what reads the text.

https://github.com/k2-fsa/sherpa-onnx, `offline-tts-matcha-model.cc` and `vocoder.cc`, have the names and metadata.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import espeakng_loader
import torch

from tts.export.graphs import save_graph
from tts.export.hosted import Matcha
from tts.export.piper import EXAMPLE_IDS, example_ids, hosted_voice, sherpa_metadata
from tts.export.shrinking import Precision
from tts.export.vocoder import MelToWave
from tts.storage.files import write_text
from tts.synthesis.voice import Voice
from tts.vocoder.generator import Generator

ACOUSTIC, VOCODER, TOKENS, ESPEAK = "acoustic.onnx", "vocoder.onnx", "tokens.txt", "espeak-ng-data"


def export_sherpa(
    voice: Voice, vocoder: Generator, language: str, out: Path, precision: Precision = "float32"
) -> list[Path]:
    """Write the voice in one of its languages into `out`; the files.

    Raises
    ------
    UserError: a decoder that is not exported, or a voice that reads letters and no phones.
    """
    hosted = hosted_voice(voice, language)
    save_graph(
        out / ACOUSTIC,
        Matcha(hosted),
        [example_ids(), torch.tensor([EXAMPLE_IDS]), torch.ones(1), torch.ones(1), torch.zeros(1).long()],
        ["x", "x_length", "noise_scale", "length_scale", "sid"],
        ["mel"],
        ["x"],
        sherpa_metadata(voice, language)
        | {"model_type": "matcha-tts", "version": 1, "jieba": 0, "use_eos_bos": 1, "pad_id": 0},
        precision,
    )
    save_graph(
        out / VOCODER,
        MelToWave(vocoder),
        [torch.zeros(1, 50, voice.config.audio.n_mels)],
        ["mel"],
        ["wav"],
        ["mel"],
        {"model_type": "hifigan", "sample_rate": voice.config.audio.sample_rate},
        precision,
    )
    lines = [f"{point} {ids[0]}\n" for point, ids in hosted.code_points.id_map.items()]
    write_text(out / TOKENS, "".join(lines))
    shutil.copytree(espeakng_loader.get_data_path(), out / ESPEAK, dirs_exist_ok=True)
    return [out / name for name in (ACOUSTIC, VOCODER, TOKENS, ESPEAK)]
