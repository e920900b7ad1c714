"""All layouts of corpora that come with the package, and the one among them that a config names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tts.corpora.asterisk import Allison, Asterisk
from tts.corpora.auto import Auto
from tts.corpora.base_speech import BaseSpeech
from tts.corpora.beside import TextBesideAudio
from tts.corpora.corpus import Corpus
from tts.corpora.fillets import Fillets
from tts.corpora.huggingface import HuggingFace
from tts.corpora.imported import Imported
from tts.corpora.lhotse import Lhotse
from tts.corpora.libritts import LibriTTS
from tts.corpora.lists.layouts import (
    F5,
    CommonVoice,
    Coqui,
    GPTSoVITS,
    LJSpeech,
    LJSpeechMultispeaker,
    MAILabs,
    NeMo,
    Piper,
)  # fmt: skip
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.corpora.synthetic.hibari import HibariCorpus
from tts.corpora.synthetic.kokoro import KokoroCorpus
from tts.corpora.vctk import VCTK
from tts.errors import UserError
from tts.settings.defaults import MISSING, defaults
from tts.settings.schema import parse
from tts.storage.published import PREFIX, fetched_dataset

__all__ = [
    "F5", "VCTK", "Allison", "Asterisk", "Auto", "BaseSpeech", "CommonVoice", "Coqui", "EspeakCorpus", "Fillets",
    "GPTSoVITS", "HibariCorpus", "HuggingFace", "Imported", "KokoroCorpus", "LJSpeech", "LJSpeechMultispeaker",
    "Lhotse", "LibriTTS", "MAILabs", "NeMo", "Piper", "TextBesideAudio", "open_corpus",
]  # fmt: skip


def open_corpus(config: Mapping[str, Any]) -> Corpus:
    """The corpus that a config's section `corpus` describes; its key `out` is where to prepare it, and not read here.

    A `root` on the Hugging Face hub, `hf:USER/NAME`, is fetched.

    Raises
    ------
    UserError: unknown layout or key, or none where the layout has no default, such as the folder of recordings; or a
        dataset that cannot be fetched.
    """
    settings = {key: value for key, value in config.items() if key != "out"}
    settings.setdefault("layout", settings.get("name"))
    option = Corpus.options.get(str(settings["layout"]))
    for key, value in defaults(option).items() if option else ():
        if value == MISSING and settings.get(key) is None:
            raise UserError(
                f"corpus={settings['layout']} needs corpus.{key}, which has no default: give corpus.{key}=PATH"
            )
    corpus = _parsed(settings)
    root = getattr(corpus, "root", None)
    if isinstance(root, str) and root.startswith(PREFIX):  # and nothing is fetched for settings that are wrong
        return _parsed(settings | {"root": str(fetched_dataset(root))})
    return corpus


def _parsed(settings: dict[str, Any]) -> Corpus:
    return parse(Corpus, settings, "corpus")  # type: ignore[type-abstract] # of which it builds an option
