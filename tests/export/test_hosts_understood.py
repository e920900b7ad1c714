"""The base that ships, in programs that nobody here wrote: understood as well as it is here, and as long."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.export.conftest import Shared
from tests.export.test_hosts import needs, told
from tts.commands.export import export
from tts.corpora.synthetic.sentences import read_sentences
from tts.storage.resources import folder
from tts.synthesis.voice import Voice

BY_PIPER = """
import json, sys
import numpy as np
from piper import PiperVoice, SynthesisConfig
voice, settings = PiperVoice.load(f"{sys.argv[1]}/voice.onnx"), SynthesisConfig(speaker_id=0, normalize_audio=False)
wavs = [np.concatenate([c.audio_float_array for c in voice.synthesize(t, settings)]) for t in json.loads(sys.argv[3])]
np.savez(f"{sys.argv[2]}.npz", *wavs)
json.dump([len(wav) for wav in wavs], open(sys.argv[2], "w"))
"""
BY_SHERPA = """
import json, sys
import numpy as np, sherpa_onnx
from piper.phonemize_espeak import EspeakPhonemizer
folder = sys.argv[1]
matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
    acoustic_model=f"{folder}/acoustic.onnx", vocoder=f"{folder}/vocoder.onnx", tokens=f"{folder}/tokens.txt")
tts = sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(matcha=matcha)))
phonemizer, wavs = EspeakPhonemizer(), []
for text in json.loads(sys.argv[3]):
    asked = sherpa_onnx.GenerationConfig()
    asked.sid, asked.silence_scale = 0, 1.0  # it shortens pauses unless told otherwise
    asked.phoneme_codepoints = [[ord(c) for c in s] for s in phonemizer.phonemize("en-us", text)]
    wavs.append(np.array(tts.generate(text, asked).samples, np.float32))
np.savez(f"{sys.argv[2]}.npz", *wavs)
json.dump([len(wav) for wav in wavs], open(sys.argv[2], "w"))
"""
PROGRAMS = {"piper": BY_PIPER, "sherpa": BY_SHERPA}


def written(asked: dict[str, object], out: Path) -> None:
    export(asked | {"out": str(out)})


@needs("piper", "sherpa_onnx", "onnxscript", "faster_whisper")
def test_twenty_sentences_are_understood_as_they_are_here(shared: Shared, tmp_path: Path) -> None:
    judges = pytest.importorskip("tts.evaluation.judges")
    recogniser = judges.Recogniser()
    texts = read_sentences(folder("sentences") / "everyday_test.txt")[:20]
    voice = Voice.load("base")
    spoken = {"here": [voice.synthesize(text, voice.info.speakers[0]).wav.numpy() for text in texts]}
    for format, program in PROGRAMS.items():
        asked = {"voice": "base", "vocoder": {}, "format": format}
        exported = shared(f"base_{format}", partial(written, asked))
        told(program, exported, json.dumps(texts), out=tmp_path / format)
        with np.load(tmp_path / f"{format}.npz") as wavs:
            spoken[format] = [wavs[name] for name in wavs.files]
    rate = voice.config.audio.sample_rate
    heard = {name: [recogniser.transcribe(wav, rate) for wav in wavs] for name, wavs in spoken.items()}
    errors = {name: judges.word_error_rate(texts, transcripts) for name, transcripts in heard.items()}
    for name in PROGRAMS:
        assert errors[name].rate <= errors["here"].rate + 0.01, errors
        assert list(map(len, spoken[name])) == pytest.approx(list(map(len, spoken["here"])), rel=0.05)
