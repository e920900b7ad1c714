"""The `espeak` corpus: sentences spoken by espeak-ng, with the exact time of every phone for evaluation.

It needs no download and no recordings, and is the only corpus here on which an alignment can be compared with exact
times. Those are labelled with the tokens of the text front end. What is spoken is what the front end reads, its words
and pauses, so the two sequences agree; where espeak-ng still says something else, the utterance is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from tts.corpora.corpus import Corpus, Recording, Sound
from tts.corpora.synthetic.espeak_engine import SAMPLE_RATE, SILENCE, EspeakEngine, EspeakOutput
from tts.corpora.synthetic.sentences import deal, digest, sentences
from tts.errors import UserError
from tts.intervals import Interval
from tts.text.config import TextConfig
from tts.text.frontend import front_end
from tts.text.tokens import Tokens

MARGIN = 0.1
"""Seconds of silence before and after the speech: espeak-ng starts at once, recordings do not."""
CHARACTERS_PER_SECOND = 19.0
"""Of English text at 175 words a minute; for the estimate of `hours` only."""
NAME_BYTES = 8
"""espeak-ng cuts the name of a phone, stress mark included, to as many."""


class PhonesDiffer(UserError):
    """espeak-ng spoke other phones than the text front end gives for the same text."""


@dataclass(frozen=True)
class EspeakCorpus(Corpus):
    """Synthetic speech by espeak-ng, with exact times of every phone. Each sentence is spoken by one of the voices, and
    by another one in every later pass over the sentences.

    Raises
    ------
    UserError: unknown voice, a voice of another language than the corpus, or a setting out of range.
    """

    downloads: str
    """Folder for what is fetched: WordNet, where it is asked for."""
    sentences: str = "embedded"
    """What is spoken: embedded (sentences of the package), words, drills, wordnet (fetched), auto (embedded, and
    WordNet's where it is on this machine), or a file with one sentence a line."""
    voices: tuple[str, ...] = ("en-us+f3", "en-us+m3", "en-us", "en-us+f2")
    """The speakers, each an espeak-ng language, that of the corpus, and after + a variant of its voice: en-us+f3."""
    hours: float | None = 0.6
    """About how much speech, in hours; null for every sentence in every voice."""
    utterances: int | None = None
    """Largest number of utterances; null for no bound."""
    rate: int = 175
    """Speaking rate in words a minute, 80 to 450."""
    pitch: int = 50
    """Pitch of the voices, 0 to 99; 50 is each voice's own."""
    rate_jitter: float = 0.0
    """How much the speaking rate differs between utterances, as a share: 0.1 is ±10 %, evenly spread."""
    pitch_jitter: int = 0
    """How much the pitch differs between utterances, in units of `pitch`."""
    seed: int = 0
    """Start of the random numbers: the order of the sentences, and the rate and pitch of each."""
    root: str | None = None
    """Folder with WordNet, if it is here already: Debian's package or its unpacked files."""
    layout: Literal["espeak"] = "espeak"
    name: str = "espeak"
    language: str = "en-us"
    licence: str = "GPL-3.0-or-later (espeak-ng's voices)"
    credits: str = "espeak-ng (speech synthesised by eSpeak NG, github.com/espeak-ng/espeak-ng)"

    def __post_init__(self) -> None:
        if not self.voices:
            raise UserError("corpus.voices: name at least one voice, such as en-us+f3")
        if len(set(self.voices)) != len(self.voices):
            raise UserError(f"corpus.voices: a voice is named twice in {', '.join(self.voices)}")
        if not 0 <= self.rate_jitter < 1:
            raise UserError(f"corpus.rate_jitter={self.rate_jitter}: must be at least 0 and below 1")
        if self.pitch_jitter < 0 or (self.hours or 0) < 0 or (self.utterances or 0) < 0:
            raise UserError("corpus.pitch_jitter, corpus.hours and corpus.utterances must not be negative")
        languages = {EspeakEngine(voice, self.rate, self.pitch).language for voice in self.voices}
        if len(languages) > 1:
            raise UserError(f"corpus.voices: one language a corpus, not {', '.join(sorted(languages))}")
        if languages != {self.language}:
            raise UserError(
                f"corpus.voices speak {languages.pop()}, but corpus.language={self.language}: make them agree"
            )

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser() if self.root else None
        texts = sentences(self.sentences, Path(self.downloads), root, self.language)
        dealt = deal(texts, self.voices, self._seconds, self.hours, self.utterances, self.seed)
        return (self._recording(text, voice) for text, voice in dealt)

    def _seconds(self, text: str) -> float:
        return 2 * MARGIN + len(text) / CHARACTERS_PER_SECOND * 175 / self.rate

    def _recording(self, text: str, voice: str) -> Recording:
        sentence = digest(text)[:10]
        id = f"{voice.replace('+', '-')}-{sentence}"
        jitter = np.random.default_rng(int(digest(self.seed, id), 16)).uniform(-1, 1, size=2)
        rate = round(self.rate * (1 + self.rate_jitter * float(jitter[0])))
        pitch = round(self.pitch + self.pitch_jitter * float(jitter[1]))
        engine = EspeakEngine(voice, min(max(rate, 80), 450), min(max(pitch, 0), 99))
        # All readings of a sentence share a split, so that no text of the training split is held out as well.
        return Recording(
            id,
            speaker=voice,
            text=text,
            load=partial(_load, engine, text),
            recording=sentence,
            stamp=digest(engine, text)[:16],
        )


def _load(engine: EspeakEngine, text: str) -> Sound:
    tokens = front_end(TextConfig(language=engine.language))(text)
    wav, speech = say(engine, tokens)
    return Sound([wav], SAMPLE_RATE, truth(speech, tokens, MARGIN))


def say(engine: EspeakEngine, tokens: Tokens) -> tuple[torch.Tensor, EspeakOutput]:
    """The tokens as a voice reads them, `[samples]` with `MARGIN` of silence on either side, and without it."""
    speech = engine.speak(spoken(tokens))
    silence = np.zeros(round(MARGIN * SAMPLE_RATE), np.float32)
    return torch.from_numpy(np.concatenate([silence, speech.wav, silence])), speech


def spoken(tokens: Tokens) -> str:
    """The text as the front end reads it: its words and its punctuation, the latter as pauses."""
    parts: list[str] = []
    last = -1
    for symbol, word in zip(tokens.symbols[1:-1], tokens.word[1:-1], strict=True):
        if word < 0:
            parts[-1] += f" {symbol}" if symbol in "—…" else symbol
        elif word != last:
            parts.append(tokens.words[word])
            last = word
    return " ".join(parts)


def truth(speech: EspeakOutput, tokens: Tokens, margin: float = 0.0) -> dict[str, list[Interval]]:
    """Tiers `words` and `phones` of a speech, labelled with the front end's tokens and words.

    Phones of no length (a coda l merged into its vowel) are kept as such; `<s>`, `</s>` and punctuation have
    no interval of their own but are where `sil` is.

    Parameters
    ----------
    margin: seconds of silence added to the speech on either side.

    Raises
    ------
    PhonesDiffer: the phones spoken are not the phones of the tokens, one by one; names the first that
        differs.
    """
    places = [i for i, word in enumerate(tokens.word) if word >= 0]
    phones = [phone for phone in speech.phones if phone.label != SILENCE]
    for i in range(max(len(places), len(phones))):
        expected = tokens.symbols[places[i]] if i < len(places) else "nothing"
        said = phones[i].label if i < len(phones) else "nothing"
        if not _same(said, expected):
            word = tokens.words[tokens.word[places[min(i, len(places) - 1)]]]
            raise PhonesDiffer(
                f"espeak-ng speaks {said!r} where the text front end has {expected!r} (phone {i + 1}, in {word!r})"
            )
    labels = iter([tokens.symbols[place] for place in places])
    tier = [
        Interval(label if label == SILENCE else next(labels), start + margin, end + margin)
        for label, start, end in speech.phones
    ]
    own: list[list[Interval]] = [[] for _ in tokens.words]
    for place, phone in zip(places, phones, strict=True):
        own[tokens.word[place]].append(phone)
    words = [
        Interval(written, phones[0].start + margin, phones[-1].end + margin)
        for written, phones in zip(tokens.words, own, strict=True)
    ]
    return {"words": words, "phones": _with_margins(tier, margin)}


def _with_margins(tier: list[Interval], margin: float) -> list[Interval]:
    if margin <= 0:
        return tier
    end = tier[-1].end + margin
    first = [] if tier[0].label == SILENCE else [Interval(SILENCE, 0.0, tier[0].start)]
    last = [] if tier[-1].label == SILENCE else [Interval(SILENCE, tier[-1].end, end)]
    tier = [*first, *tier, *last]
    tier[0], tier[-1] = tier[0]._replace(start=0.0), tier[-1]._replace(end=end)
    return tier


def _same(said: str, expected: str) -> bool:
    """Events leave out the marks of length, palatalisation and tone, and cut long names."""
    said = unicodedata.normalize("NFC", said)
    cut = len(said.encode()) >= NAME_BYTES - len("ˈ".encode())
    rest = expected.removeprefix(said)
    marks = all(unicodedata.category(character) in {"Lm", "Mn", "Nd"} for character in rest)
    return said == expected or (expected.startswith(said) and (cut or marks))
