"""A voice with one more speaker, whom it has heard in a recording and was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.tables import declared
from tts.synthesis.recording import style_of
from tts.synthesis.voice import Voice

LEAST_SECONDS, MOST_SECONDS = 1.0, 60.0
"""Of speech, to know somebody by; of a longer recording its beginning is heard."""


@torch.no_grad()
def with_speaker(
    voice: Voice, name: str, recordings: Sequence[str | Path | tuple[Tensor, int]], language: str = ""
) -> Voice:
    """`voice` with a further speaker, the last; it can be spoken with and saved as any voice.

    Parameters
    ----------
    name: of the speaker.
    recordings: of one person, each a path, or a waveform `[samples]` and its sample rate; ten seconds are enough.
    language: the speaker's own, one of `info.languages`; the voice's own if empty.

    Raises
    ------
    UserError: the voice cannot hear who speaks; it has a speaker of this name, or lacks the language; no name that can
        be asked for; no or too short recordings.
    """
    if voice.model.speaker_encoder is None:
        raise UserError(
            "this voice cannot hear who speaks in a recording (model.speaker_encoder.channels was 0 in its training); "
            "train it on the recordings with experiment=little_speech"
        )
    if name in voice.info.speakers:
        raise UserError(f"speaker {name!r}: this voice has one of that name; choose another")
    if not name.strip() or not name.isprintable() or {",", ":"} & set(name):
        raise UserError(f"speaker {name!r}: give a name without commas, colons and line ends")
    native = language or voice.info.language
    if native not in voice.info.languages:
        raise UserError(f"language={native}: this voice speaks {', '.join(voice.info.languages)}")
    wavs = [voice.reference_wav(recording) for recording in recordings]
    seconds = sum(map(len, wavs)) / voice.config.audio.sample_rate
    if seconds < LEAST_SECONDS:
        raise UserError(f"recordings of {name}: {seconds:.1f} s of speech are too little to know anybody by")
    most = round(MOST_SECONDS * voice.config.audio.sample_rate)
    mels = [voice.log_mel(wav[:most]) for wav in wavs]
    share = torch.tensor([len(mel) for mel in mels], dtype=torch.float32)[:, None] / sum(map(len, mels))
    heard = [(voice.model.speaker_of(mel[None], torch.tensor([len(mel)])), style_of(voice.model, mel)) for mel in mels]
    known = {
        "speaker.weight": (share * torch.cat([speaker for speaker, _ in heard])).sum(0),
        "average_style": (share * torch.cat([style for _, style in heard])).sum(0),
    }
    info = replace(voice.info, speakers=(*voice.info.speakers, name), native=(*voice.info.native, native))
    model = _with_row(voice.model, known)
    wider = copy(voice)
    wider.model, wider.info = model, info
    return wider


def _with_row(model: AcousticModel, known: dict[str, Tensor]) -> AcousticModel:
    """The model with a row for one more speaker: what is `known`, and for the rest the mean of the others."""
    wider = deepcopy(model)
    for key in declared(model, "per_speaker"):
        place, _, name = key.rpartition(".")
        module = wider.get_submodule(place)
        value: Tensor = getattr(module, name)
        table = torch.cat([value, known.get(key, value.mean(0))[None]])
        setattr(module, name, nn.Parameter(table) if isinstance(value, nn.Parameter) else table)
    wider.speaker.num_embeddings += 1
    return wider
