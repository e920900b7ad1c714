"""What checked speech heals: `scripts/benchmark.py benchmark=verification voice=PATH out=DIR [corpus=data/espeak,…]
[vocoder=auto|griffin_lim] [speaker=NAME] [sentences=FILE] [count=100]`.

The voice says so many of the hard sentences as it is, and with `speak_checked` and an aligner. A judge counts the bad
cases of both: another aligner, for one that judged its own repairs would find them good. Each learns from half of the
training recordings in the corpora, copied through the vocoder, and stays in DIR; what is there already is taken. Times
are CPU-seconds, in turns.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from benchmarks.arguments import settings_of
from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.audio import waveform
from tts.audio.mel import LogMel
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.evaluation.faults import Fault, detect_faults
from tts.evaluation.robustness import IN_ONE_GO, read_hard_sentences
from tts.evaluation.verification import speak_checked
from tts.synthesis.speech import Synthesis
from tts.synthesis.voice import Endless, Voice
from tts.vocoder.choice import AUTO_VOCODER, GriffinLimVocoder, VocoderChoice

DEFAULTS = {"voice": "", "corpus": "data/espeak", "vocoder": "auto", "speaker": "", "sentences": "", "count": "100"}
VOCODERS: dict[str, VocoderChoice] = {"auto": AUTO_VOCODER, "griffin_lim": GriffinLimVocoder()}


def main(arguments: list[str], out: Path | None) -> None:
    """Speak, count and print."""
    settings = settings_of(arguments, DEFAULTS)
    if not settings["voice"] or settings["vocoder"] not in VOCODERS or out is None:
        raise UserError(f"benchmark=verification: give voice=PATH, out=DIR, vocoder={'|'.join(VOCODERS)}")
    torch.set_num_threads(1)
    voice = Voice.load(Path(settings["voice"]).expanduser(), VOCODERS[settings["vocoder"]])
    for half, name in enumerate(("healer", "judge")):
        if not (out / name / "aligner.json").is_file():
            train_half(voice, settings["corpus"].split(","), half).save(out / name)
    healer, judge = Aligner.load(out / "healer"), Aligner.load(out / "judge")
    speaker = settings["speaker"] or voice.info.speakers[0]
    every = read_hard_sentences(Path(settings["sentences"]) if settings["sentences"] else None)
    chosen = every[:: max(1, len(every) // int(settings["count"]))][: int(settings["count"])]
    bad: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {"as it is": Counter(), "checked": Counter()}
    spent = {"as it is": 0.0, "checked": 0.0}
    attempts = 0
    for sentence in chosen:
        started = time.process_time()
        first = faults_of(judge, partial(voice.synthesize, sentence.text, speaker, limit=IN_ONE_GO))
        spent["as it is"] += time.process_time() - started
        started = time.process_time()

        def checked(text: str = sentence.text) -> Synthesis:
            nonlocal attempts
            speech = speak_checked(voice, healer, text, speaker, limit=IN_ONE_GO)
            attempts += speech.attempts
            return speech.speech

        second = faults_of(judge, checked)
        spent["checked"] += time.process_time() - started
        for name, faults in (("as it is", first), ("checked", second)):
            bad[name] += bool(faults)
            kinds[name].update(str(fault.kind) for fault in faults[:1])
        bad["healed"] += bool(first) and not second
        bad["harmed"] += bool(second) and not first
    print(" | | bad | kinds | CPU-seconds, judge included |")
    for name, counts in kinds.items():
        told = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        print(f" | {name} | {bad[name]} of {len(chosen)} | {told} | {spent[name]:.1f} |")
    print(f"healed {bad['healed']}, harmed {bad['harmed']}; {attempts} attempts at {len(chosen)} texts")


@torch.inference_mode()
def train_half(voice: Voice, corpora: list[str], half: int) -> Aligner:
    """An aligner of every other training recording, as it sounds through the voice's vocoder."""
    config, rate, recordings = AlignerConfig(), voice.config.audio.sample_rate, []
    log_mel = LogMel(voice.config.audio)
    for corpus in (read_manifest(Path(path).expanduser()) for path in corpora):
        for u in list(corpus.split("train"))[half::2]:
            copy = voice.vocoder(log_mel(waveform.read(corpus.audio_path(u), rate)))
            recordings.append((u.id, waveform.resample(copy, rate, config.sample_rate), u.tokens))
    with torch.inference_mode(False):
        return train_aligner(recordings, config)


def faults_of(judge: Aligner, speak: Callable[[], Synthesis]) -> list[Fault]:
    """What the judge finds; speech without an end is a fault as well."""
    try:
        speech = speak()
        return detect_faults(judge, judge.densities(speech.wav, speech.sample_rate), speech.tokens)
    except Endless as error:
        return [Fault("run on", 0.0, str(error))]
