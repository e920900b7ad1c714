"""A voice in every format, beside itself: word errors, lengths and CPU time of the programs that speak it.

python scripts/benchmark.py benchmark=export [voice=base] [speaker=NAME] [count=20] [sentences=FILE] [out=DIR]

Exports the voice into OUT (runs/exported if not given), lets torch, tts.runtime, piper-tts and sherpa-onnx speak the
first COUNT sentences, and prints a table. Two CPU minutes and more; needs the extras `export` and `judges`, and
piper-tts and sherpa-onnx as far as they are to be compared. PESQ, against torch, needs the package `pesq`.
"""

from __future__ import annotations

import importlib.util
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

import tts.runtime
from benchmarks.arguments import settings_of
from tts.commands.export import export
from tts.corpora.synthetic.sentences import read_sentences
from tts.evaluation.judges import Recogniser, perceptual_quality, word_error_rate
from tts.evaluation.robustness import read_hard_sentences
from tts.export.code_points import CodePoints
from tts.storage.resources import folder
from tts.synthesis.reading import each_sentence
from tts.synthesis.voice import Voice
from tts.text.ipa import ipa

Speak = Callable[[str], np.ndarray]
KEYS = {"voice": "base", "speaker": "", "count": "20", "sentences": ""}


EXPORTS = {
    "onnx": ("onnx", "float32"),
    "onnx_float16": ("onnx", "float16"),
    "onnx_int8": ("onnx", "int8"),
    "piper": ("piper", "float32"),
    "sherpa": ("sherpa", "float32"),
}
"""Folder to format and precision."""


def by_runtime(exported: Path, speaker: str) -> Speak:
    voice = tts.runtime.Voice.load(exported)
    return lambda text: voice.synthesize(text, speaker).wav


def by_piper(exported: Path, speaker: int, _: str) -> Speak:
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(exported / "piper/voice.onnx")
    settings = SynthesisConfig(speaker_id=speaker, normalize_audio=False)
    return lambda text: np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text, settings)])


def by_sherpa(exported: Path, speaker: int, language: str) -> Speak:
    """Since 2.0 sherpa-onnx reads no text by itself: Piper's phonemiser does."""
    import sherpa_onnx
    from piper.phonemize_espeak import EspeakPhonemizer

    files = {name: str(exported / "sherpa" / file) for name, file in SHERPA_FILES.items()}
    matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(**files)
    model = sherpa_onnx.OfflineTtsModelConfig(matcha=matcha)
    program, phonemizer = sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=model)), EspeakPhonemizer()

    def speak(text: str) -> np.ndarray:
        asked = sherpa_onnx.GenerationConfig()
        asked.sid = speaker
        asked.phoneme_codepoints = [[ord(c) for c in said] for said in phonemizer.phonemize(language, text)]
        return np.array(program.generate(text, asked).samples, np.float32)

    return speak


SHERPA_FILES = {"acoustic_model": "acoustic.onnx", "vocoder": "vocoder.onnx", "tokens": "tokens.txt"}
OTHERS: dict[str, tuple[str, Callable[[Path, int, str], Speak]]] = {
    "piper-tts": ("piper", by_piper),
    "sherpa-onnx": ("sherpa_onnx", by_sherpa),
}


def main(arguments: list[str], out: Path | None) -> None:
    settings = settings_of(arguments, KEYS)
    exported = out or Path("runs/exported")
    for name, (format, precision) in EXPORTS.items():
        if not (exported / name).is_dir():
            asked = {"format": format, "quantise": precision, "out": str(exported / name)}
            export({"voice": settings["voice"], "vocoder": {}} | asked)
    path = Path(settings["sentences"]) if settings["sentences"] else folder("sentences") / "everyday_test.txt"
    texts = read_sentences(path)[: int(settings["count"])]

    voice = Voice.load(settings["voice"])
    speaker = settings["speaker"] or voice.info.speakers[0]
    torch.set_num_threads(1)
    programs: dict[str, Speak] = {"torch": lambda text: voice.synthesize(text, speaker).wav.numpy()}
    for name, (format, precision) in EXPORTS.items():
        if format == "onnx":
            programs[f"tts.runtime, {precision}"] = by_runtime(exported / name, speaker)
    for name, (module, load) in OTHERS.items():
        if importlib.util.find_spec(module):
            loaded = load(exported, voice.speaker_index(speaker), voice.info.language)
            programs[f"{name} {version(name)}"] = loaded
    print(f"phones regrouped otherwise than espeak-ng means them: {regrouped_otherwise(voice):.2%}")
    report(programs, texts, voice.config.audio.sample_rate)


def regrouped_otherwise(voice: Voice) -> float:
    """The share of tokens of the everyday and the hard sentences that code points do not give back."""
    texts = [s.text for s in read_hard_sentences()]
    for name in ("everyday.txt", "everyday_test.txt"):
        texts += read_sentences(folder("sentences") / name)
    points, wrong, total = CodePoints(voice.table), 0, 0
    for text in texts:
        for _, tokens in each_sentence(text, voice.config.text, voice.table, voice.info.language, 300):
            written = unicodedata.normalize("NFD", ipa(tokens))
            ids = torch.tensor([1, *(points.id_map[point][0] for point in written if point in points.id_map), 2])
            found = points(ids, torch.tensor(len(ids)))
            symbols = voice.table.decode(found.symbols[: int(found.length)])
            wrong += (Counter(tokens.symbols) - Counter(symbols)).total()
            total += len(tokens)
    return wrong / total


def report(programs: dict[str, Speak], texts: list[str], rate: int) -> None:
    recogniser = Recogniser()
    compared = importlib.util.find_spec("pesq") is not None
    print("| program | word errors | seconds | CPU seconds a second | PESQ beside torch |\n|---|---|---|---|---|")
    reference: list[np.ndarray] = []
    for name, speak in programs.items():
        speak(texts[0])
        started = time.process_time()
        wavs = [speak(text) for text in texts]
        spent = time.process_time() - started
        reference = reference or wavs
        errors = word_error_rate(texts, [recogniser.transcribe(wav, rate) for wav in wavs])
        seconds = sum(map(len, wavs)) / rate
        quality = []
        if compared and list(map(len, reference)) == list(map(len, wavs)):
            pairs = [(torch.from_numpy(a), torch.from_numpy(b)) for a, b in zip(reference, wavs, strict=True)]
            quality = [perceptual_quality(ours, theirs, rate) for ours, theirs in pairs]
        pesq = f"{np.mean(quality):.2f}" if quality else "–"
        print(
            f"| {name} | {errors.errors} of {errors.words} ({errors.rate:.1%}) | {seconds:.2f} | {spent / seconds:.4f} "
            f"| {pesq} |",
            flush=True,
        )
