"""The acoustic model as a graph: text in, a mel out, for one utterance.

N tokens, T frames, M mel channels, D model width, S speakers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.batch import TextBatch
from tts.errors import UserError
from tts.export.autoregressive import AutoregressiveGraph
from tts.export.parallel import ParallelGraph
from tts.models.acoustic import AcousticModel
from tts.models.controls import NATS_PER_DECIBEL, TokenControls
from tts.models.decoders.autoregressive import AutoregressiveDecoder
from tts.models.decoders.parallel import ParallelDecoder


class TextToMel(nn.Module):
    """Speaks one utterance.

    Raises
    ------
    UserError: the decoder is none that is exported.
    """

    gain: Tensor

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model
        self.decoder: ParallelGraph | AutoregressiveGraph
        if isinstance(model.decoder, ParallelDecoder):
            self.decoder = ParallelGraph(model.decoder)
        elif isinstance(model.decoder, AutoregressiveDecoder):
            self.decoder = AutoregressiveGraph(model.decoder)
        else:
            raise UserError(f"this voice has a decoder {model.config.decoder.kind}, which is not exported")
        self.register_buffer("gain", model.variance.gain)

    @property
    def takes_controls(self) -> bool:
        """Whether pitch and single tokens can be changed."""
        return isinstance(self.decoder, ParallelGraph)

    def forward(
        self,
        symbols: Tensor,
        stress: Tensor,
        boundary: Tensor,
        language: Tensor,
        speaker: Tensor,
        speed: Tensor,
        energy: Tensor,
        *controls: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The mel `[1, T, M]`, and int64 frames per token `[1, N]`.

        Parameters
        ----------
        symbols, stress, boundary, language: int64 `[1, N]`, as in `tts.batch.TextBatch`.
        speaker: float32 `[1, S]`, the share of each speaker.
        speed, energy: `[1]`; 2 is twice as fast; decibels above the predicted one.
        controls: where it `takes_controls`, the pitch `[1]` in semitones above the predicted one, and `[1, N]` each the
            fields of `tts.models.controls.TokenControls`.
        """
        lengths = torch.full_like(symbols[:, 0], symbols.shape[1])
        text = TextBatch(symbols, stress, boundary, lengths, torch.zeros_like(lengths), language, speaker)
        pitch, *of_tokens = controls or (torch.zeros_like(speed),)
        return self.speak(text, speed, energy, pitch, TokenControls(*of_tokens) if of_tokens else None)

    def speak(
        self, text: TextBatch, speed: Tensor, energy: Tensor, pitch: Tensor, controls: TokenControls | None = None
    ) -> tuple[Tensor, Tensor]:
        """The mel `[1, T, M]` of a batch of one, which may be padded, and int64 frames per token `[1, N]`.

        Parameters
        ----------
        text: `text.shares` says who speaks.
        speed, energy: `[1]`; 2 is twice as fast; decibels above the predicted one.
        pitch: `[1]`, semitones above the predicted one; it and `controls` do nothing but where it `takes_controls`.
        """
        model = self.model
        assert text.shares is not None
        tokens = length_mask(text.lengths, text.symbols.shape[1])
        who = text.shares @ (model.speaker.weight + model.average_style)
        states = model.text_encoder(text) + who[:, None]
        frames = model.shortest(model.duration_predictor(states, tokens).exp(), text.symbols)
        states = states + model.prosody_projection(model.prosody_predictor(states, tokens))
        index = None
        if isinstance(self.decoder, ParallelGraph):
            mel, durations, index = self.decoder(states, text.lengths, frames, speed, pitch, controls)
        else:
            mel, durations = self.decoder(states, text.lengths, frames, speed)
        mel = mel * model.mel_std + model.mel_mean
        if model.decoder.restored_variance is not None:
            mean = model.variance.mean(mel, torch.ones_like(mel[..., 0], dtype=torch.bool))
            mel = model.variance.restore(mel, mean, text.shares @ self.gain, model.decoder.restored_variance)
        if controls is not None and index is not None:
            mel = controls.louder(mel, index[None])
        return mel + energy * NATS_PER_DECIBEL, durations
