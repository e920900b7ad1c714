"""What checked speech heals: `scripts/benchmark.py benchmark=verification voice=PATH aligner=PATH judge=PATH
[speaker=NAME] [sentences=FILE] [count=100]`.

The voice says so many of the hard sentences as it is, and with `speak_checked` and the aligner. The judge, an aligner
that learnt from other recordings of the speaker, counts the bad cases of both. An aligner that judged its own repairs
would find them good. Times are CPU-seconds, in turns.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from tts.alignment import Aligner
from tts.errors import UserError
from tts.evaluation.faults import Fault, detect_faults
from tts.evaluation.robustness import IN_ONE_GO, read_hard_sentences
from tts.evaluation.verification import speak_checked
from tts.synthesis.speech import Synthesis
from tts.synthesis.voice import Endless, Voice

DEFAULTS = {"voice": "", "aligner": "", "judge": "", "speaker": "", "sentences": "", "count": "100"}


def main(arguments: list[str], out: Path | None) -> None:
    """Speak, count and print."""
    settings = DEFAULTS | dict(argument.partition("=")[::2] for argument in arguments)
    if unknown := settings.keys() - DEFAULTS.keys():
        raise UserError(f"benchmark=verification: {', '.join(sorted(unknown))} is none of {', '.join(DEFAULTS)}")
    if not (settings["voice"] and settings["aligner"] and settings["judge"]):
        raise UserError("benchmark=verification: give voice=PATH, aligner=PATH and judge=PATH")
    torch.set_num_threads(1)
    voice = Voice.load(Path(settings["voice"]).expanduser())
    healer, judge = (Aligner.load(Path(settings[key]).expanduser()) for key in ("aligner", "judge"))
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


def faults_of(judge: Aligner, speak: Callable[[], Synthesis]) -> list[Fault]:
    """What the judge finds; speech without an end is a fault as well."""
    try:
        speech = speak()
        return detect_faults(judge, judge.densities(speech.wav, speech.sample_rate), speech.tokens)
    except Endless as error:
        return [Fault("run on", 0.0, str(error))]
