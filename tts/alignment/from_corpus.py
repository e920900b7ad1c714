"""Train an aligner on a prepared corpus once, and keep it in a folder."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from tts.alignment.aligner import Aligner, is_aligner
from tts.alignment.config import AlignerConfig
from tts.alignment.training import train_aligner
from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.settings.schema import plain
from tts.storage.files import fingerprint, sha256
from tts.storage.ownership import claim
from tts.text.tokens import Tokens


def learn_from_corpus(
    corpus: PreparedCorpus, chosen: Sequence[Utterance], config: AlignerConfig, folder: Path
) -> tuple[Aligner, dict[str, str] | None]:
    """An aligner trained on `chosen` utterances and saved in `folder`, or the one there if it was trained on the same.

    Returns
    -------
    The aligner, and ids of utterances that were left out of training, with the reasons; None where it was there.

    Raises
    ------
    UserError: nothing to learn from; the folder holds something else.
    """
    source = fingerprint(plain(config), [recording_source(corpus, u) for u in chosen])
    earlier = _earlier(folder)
    if earlier is not None and earlier.source == source:
        print(f"aligner: {folder}, trained before on the same recordings")
        return earlier, None
    claim(folder, "alignment", "out", recognised=is_aligner)
    left_out: dict[str, str] = {}

    def recordings() -> Iterator[tuple[str, Tensor, Tokens]]:
        for utterance in tqdm(chosen, desc="reading", disable=None):
            try:
                wav = waveform.read(corpus.audio_path(utterance), config.sample_rate)
            except UserError as error:
                left_out[utterance.id] = str(error)
            else:
                yield utterance.id, wav, utterance.tokens

    started = time.process_time()
    aligner = train_aligner(
        recordings(),
        config,
        progress=lambda stage, value: print(f"{stage}: log-likelihood {value:.3f} a frame", flush=True),
        left_out=left_out,
    )
    aligner.save(folder, source, {corpus.info.name: sorted({u.speaker for u in chosen})})
    print(f"aligner: {folder}, trained in {time.process_time() - started:.0f} CPU-s")
    return aligner, left_out


def recording_source(corpus: PreparedCorpus, utterance: Utterance) -> list[Any]:
    """Tells recordings and their texts apart, as plain data."""
    path = corpus.audio_path(utterance)
    tokens = plain(utterance.tokens)
    del tokens["mark"]  # of text to be spoken alone
    if not tokens["language"]:  # as in timings of versions up to 0.4, which are recognised by this
        del tokens["language"]
    return [utterance.id, tokens, sha256(path) if path.is_file() else None]


def _earlier(folder: Path) -> Aligner | None:
    """What an earlier run left there, if it is whole."""
    try:
        return Aligner.load(folder)
    except UserError:
        return None
