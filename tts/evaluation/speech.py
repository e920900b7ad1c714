"""How well a voice is understood: the word error rate of a recogniser that never saw it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from tts.audio import waveform
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus, Utterance
from tts.evaluation.judges import WER, Recogniser, word_error_rate
from tts.synthesis.voice import Voice


@dataclass
class SpeechScore:
    """Word error rates of the same texts, by who spoke them, and what was heard."""

    rates: dict[str, WER]
    heard: list[dict[str, str]]
    """Per sentence: text, and what the recogniser wrote, by who spoke it."""


def score_sentences(voice: Voice, sentences: list[str], recogniser: Recogniser, out: Path) -> SpeechScore:
    """Speak every sentence into `out/NNNN.wav` and have it transcribed."""
    heard = []
    for number, text in enumerate(tqdm(sentences, desc="sentences", disable=None), 1):
        speech = voice.synthesize(text)
        waveform.write(out / f"{number:04d}.wav", speech.wav, speech.sample_rate)
        heard.append({"text": text, "voice": recogniser.transcribe(speech.wav, speech.sample_rate)})
    return SpeechScore({"voice": _rate(heard, "voice")}, heard)


def score_prompts(
    voice: Voice, corpus: PreparedCorpus, utterances: list[Utterance], recogniser: Recogniser, out: Path
) -> SpeechScore:
    """Speak the texts of held-out recordings from text alone, beside the recordings and their vocoded copies.

    The copies show what the vocoder costs, the recordings what the recogniser itself gets wrong.
    """
    audio = voice.config.audio
    log_mel = LogMel(audio)
    heard = []
    for utterance in tqdm(utterances, desc="prompts", disable=None):
        recording = waveform.read(corpus.audio_path(utterance), audio.sample_rate)
        speech = voice.synthesize(utterance.text, speaker=utterance.speaker)
        waveform.write(out / f"{utterance.id}.wav", speech.wav, speech.sample_rate)
        spoken = {"voice": speech.wav, "copy": voice.vocoder(log_mel(recording)), "recording": recording}
        heard.append(
            {"text": utterance.text} | {k: recogniser.transcribe(v, audio.sample_rate) for k, v in spoken.items()}
        )
    return SpeechScore({k: _rate(heard, k) for k in ("voice", "copy", "recording")}, heard)


def _rate(heard: list[dict[str, str]], who: str) -> WER:
    return word_error_rate([h["text"] for h in heard], [h[who] for h in heard])
