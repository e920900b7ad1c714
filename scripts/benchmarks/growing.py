"""Speaking a text while it is being written: `scripts/benchmark.py benchmark=growing voice=PATH,PATH,… [speaker=NAME]
[sentences=FILE] [aligner=PATH hard=50]`.

Each voice says each sentence whole, and word by word as `Voice.stream` is given words. In the table: word errors of
Whisper and predicted opinion of both; after how many words the first sound comes, and how many CPU-milliseconds after
the last of them; and CPU-seconds a second of speech, in turns. With an aligner of the speaker (as `metric=robustness`
makes it) also bad cases among so many of the hard sentences. Voices whose model reads less far
ahead (`model.reads_ahead`) begin earlier. Needs the extras `judges` and `opinion`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from tts.alignment import Aligner
from tts.corpora.synthetic.sentences import read_sentences
from tts.errors import UserError
from tts.evaluation.judges import OpinionPredictor, Recogniser, word_error_rate
from tts.evaluation.robustness import (
    IN_ONE_GO,
    HardSentence,
    SentenceAudio,
    from_voice,
    read_hard_sentences,
    score_robustness,
)
from tts.synthesis.voice import Voice

DEFAULTS = {"voice": "base", "speaker": "", "sentences": "data/sentences/fresh.txt", "aligner": "", "hard": "50"}

HEADS = (
    "voice", "tokens ahead", "word errors, whole", "opinion", "word by word", "opinion", "words known", "ms after",
    "CPU a second", "word by word", "bad cases, whole", "word by word",
)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """A sentence, spoken word by word."""

    wav: Tensor
    words: int
    """That were known when the first sound came."""
    after: float
    """CPU-seconds from when the last of them was known to the first sound."""
    spent: float
    """CPU-seconds in all."""


def main(arguments: list[str], out: Path | None) -> None:
    """Speak and print the table."""
    pairs = [argument.partition("=")[::2] for argument in arguments]
    settings = DEFAULTS | dict(pairs)
    if unknown := settings.keys() - DEFAULTS.keys():
        raise UserError(f"benchmark=growing: {', '.join(sorted(unknown))} is none of {', '.join(DEFAULTS)}")
    torch.set_num_threads(1)
    texts = read_sentences(Path(settings["sentences"]).expanduser())
    recogniser, opinion = Recogniser(), OpinionPredictor()
    judge = Aligner.load(Path(settings["aligner"]).expanduser()) if settings["aligner"] else None
    every = read_hard_sentences()
    hard = every[:: max(1, len(every) // int(settings["hard"]))]
    print("", *HEADS, "", sep=" | ")
    for path in settings["voice"].split(","):
        voice = Voice.load(path)
        speaker = settings["speaker"] or voice.info.speakers[0]
        voice.synthesize(texts[0], speaker)  # so that nothing is compiled or read below
        whole, spent, growing = [], [], []
        for text in texts:
            started = time.process_time()
            whole.append(voice.synthesize(text, speaker).wav)
            spent.append(time.process_time() - started)
            growing.append(by_word(voice, text, speaker))
        rate = voice.config.audio.sample_rate
        row = [path, f"{voice.model.reads_ahead}"]
        for wavs in (whole, [spoken.wav for spoken in growing]):
            heard = [recogniser.transcribe(wav, rate) for wav in wavs]
            row.append(f"{100 * word_error_rate(texts, heard).rate:.1f} %")
            row.append(f"{statistics.mean(opinion.score(wav, rate) for wav in wavs):.2f}")
        words = statistics.mean(len(text.split()) for text in texts)
        row.append(f"{statistics.mean(spoken.words for spoken in growing):.1f} of {words:.1f}")
        row.append(f"{1000 * statistics.median(spoken.after for spoken in growing):.0f}")
        seconds = sum(len(wav) for wav in whole) / rate
        row.append(f"{sum(spent) / seconds:.4f}")
        row.append(f"{sum(spoken.spent for spoken in growing) / seconds:.4f}")
        with tempfile.TemporaryDirectory() as temporary:
            for words in (False, True):
                row.append(bad_cases(voice, speaker, judge, hard, words, Path(temporary)) if judge is not None else "")
        print("", *row, "", sep=" | ", flush=True)


def by_word(voice: Voice, text: str, speaker: str) -> Spoken:
    """Speak a sentence that is given word by word."""
    known, arrived = 0, 0.0

    def words() -> Iterator[str]:
        nonlocal known, arrived
        for word in text.split():
            known, arrived = known + 1, time.process_time()
            yield word + " "

    started, first, pieces = time.process_time(), None, []
    for piece in voice.stream(words(), speaker, limit=IN_ONE_GO):
        first = first or (known, time.process_time() - arrived)
        pieces.append(piece)
    assert first is not None
    return Spoken(torch.cat(pieces), *first, time.process_time() - started)


def bad_cases(
    voice: Voice, speaker: str, judge: Aligner, sentences: list[HardSentence], words: bool, folder: Path
) -> str:
    """How many sentences have a fault, spoken whole or by `words`, of those that could be judged."""
    whole = from_voice(voice, speaker)

    def speak(number: int, text: str) -> SentenceAudio:
        speech = whole(number, text)
        return replace(speech, wav=by_word(voice, text, speaker).wav) if words else speech

    score = score_robustness(speak, judge, sentences, folder)
    return f"{len(score.bad)} of {len(score.cases)}"
