"""Recordings' mels as a voice makes them: what a vocoder is given when that voice speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from tts.batch import encode_text
from tts.data.dataset import Item
from tts.data.features import FeatureStore, origin
from tts.errors import UserError
from tts.reporting.progress import shown
from tts.settings.schema import nearest
from tts.storage.files import fingerprint
from tts.storage.locks import wait_exclusive
from tts.synthesis.voice import Voice


def with_voice_mels(items: Sequence[Item], voice: Voice) -> list[Item]:
    """`items` whose features hold the mels that `voice` makes of their texts, and the pitch of the recordings.

    They are computed once for a voice and kept beside the recordings' own features.

    Raises
    ------
    UserError: the voice does not know a speaker or a symbol, or cannot align recordings.
    """
    voice.check_aligns()
    for item in items:
        if item.utterance.speaker not in voice.info.speakers:
            raise UserError(
                f"mels.voice: the voice does not know the speaker of {item.id}, {item.utterance.speaker}"
                f"{nearest(item.utterance.speaker, voice.info.speakers)}; give the corpora that it was trained on"
            )
    name = fingerprint(voice.info.sha256)
    with_mels = [replace(item, store=_beside(item.store, name)) for item in items]
    stores = {item.corpus.folder: (item.store, again.store) for item, again in zip(items, with_mels, strict=True)}
    for folder, (store, again) in stores.items():
        own = {item.utterance.id: item for item in items if item.corpus.folder == folder}
        sources = [(item.utterance, store.path(item.utterance)) for item in own.values()]
        again.folder.mkdir(parents=True, exist_ok=True)
        if not again.outdated(sources):
            continue
        with wait_exclusive(again.folder, "mels of the voice"):
            missing = again.outdated(sources)
            for utterance, source in shown(missing, len(missing), "mels of the voice"):
                made_of = origin(source)
                mel, pitch = store.load(utterance)
                again.save(utterance, speak_again(voice, own[utterance.id], mel, pitch), pitch)
                again.record({utterance.id: made_of})
    return with_mels


@torch.inference_mode()
def speak_again(voice: Voice, item: Item, mel: Tensor, pitch: Tensor) -> Tensor:
    """The mel `[T, M]` that `voice` makes of the item's text, along the alignment, in the style and with the prosody
    and pitch of its recording, whose mel `[T, M]` and pitch `[T]` are given."""
    tokens = voice.table.adapt(item.utterance.tokens.in_language(item.language))
    speaker = voice.info.speakers.index(item.utterance.speaker)
    text = encode_text([tokens], [speaker], voice.table, [item.id], voice.info.languages)
    lengths = torch.tensor([len(mel)])
    reference, _ = voice.model.align(text, mel[None], lengths)
    output = voice.model.infer(text, reference.style, reference.prosody, reference.durations, pitch[None])
    return output.mel[0, : len(mel)]  # an autoregressive voice ends with a whole step


def _beside(store: FeatureStore, name: str) -> FeatureStore:
    return replace(store, folder=store.folder.with_name(f"{store.folder.name}-{name}"))
