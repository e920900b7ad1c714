"""Intelligibility of a voice: the word error rate of a speech recogniser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from tts.audio import waveform
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus, Utterance
from tts.evaluation.judges import WER, Recogniser, word_error_rate
from tts.reporting.progress import shown
from tts.synthesis.speakers import language_of
from tts.synthesis.voice import Endless, Voice


@dataclass
class SpeechScore:
    """Word error rates of the same texts by source (`voice`, `copy`, `recording`), and the transcripts."""

    rates: dict[str, WER]
    heard: list[dict[str, str]]
    """Per sentence: text, and the recogniser's transcript by source."""
    endless: list[str]
    """Texts that an autoregressive voice did not finish; their transcript is empty."""


def score_sentences(
    voice: Voice, sentences: list[str], recogniser: Recogniser, out: Path, speaker: str | None = None
) -> SpeechScore:
    """Speak every sentence into `out/NNNN.wav`, as `speaker` or the voice's first, and have it transcribed."""
    transcripts: list[dict[str, str]] = []
    endless: list[str] = []
    for number, text in enumerate(shown(sentences, len(sentences), "sentences"), 1):
        wav = _speak(voice, text, speaker, out / f"{number:04d}.wav", endless)
        transcripts.append({"text": text, "voice": _transcribe(recogniser, wav, voice)})
    return SpeechScore({"voice": _rate(transcripts, "voice")}, transcripts, endless)


def score_prompts(
    voice: Voice, corpus: PreparedCorpus, utterances: list[Utterance], recogniser: Recogniser, out: Path
) -> SpeechScore:
    """Speak the texts of held-out recordings from text alone, beside the recordings and their vocoded copies.

    The copies show what the vocoder costs, the recordings what the recogniser itself gets wrong.
    """
    audio = voice.config.audio
    log_mel = LogMel(audio)
    transcripts: list[dict[str, str]] = []
    endless: list[str] = []
    language = language_of(voice.info, corpus.info.text["language"])
    for utterance in shown(utterances, len(utterances), "prompts"):
        recording = waveform.read(corpus.audio_path(utterance), audio.sample_rate)
        wav = _speak(voice, utterance.text, utterance.speaker, out / f"{utterance.id}.wav", endless, language)
        sounds = {"voice": wav, "copy": voice.vocoder(log_mel(recording)), "recording": recording}
        transcripts.append({"text": utterance.text} | {k: _transcribe(recogniser, v, voice) for k, v in sounds.items()})
    return SpeechScore({k: _rate(transcripts, k) for k in ("voice", "copy", "recording")}, transcripts, endless)


def _speak(
    voice: Voice, text: str, speaker: str | None, path: Path, endless: list[str], language: str | None = None
) -> Tensor | None:
    try:
        speech = voice.synthesize(text, speaker=speaker, language=language)
    except Endless:
        endless.append(text)
        return None
    waveform.write(path, speech.wav, speech.sample_rate)
    return speech.wav


def _transcribe(recogniser: Recogniser, wav: Tensor | None, voice: Voice) -> str:
    return "" if wav is None else recogniser.transcribe(wav, voice.config.audio.sample_rate)


def _rate(transcripts: list[dict[str, str]], source: str) -> WER:
    return word_error_rate([t["text"] for t in transcripts], [t[source] for t in transcripts])
