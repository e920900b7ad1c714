"""The acoustic model as a graph: text in, a mel out, for one utterance.

`AcousticModel.infer` spreads token states by an alignment `[B, T, N]`. Here each frame looks its token up, which is the
same for one utterance of whole frames and leaves nothing in the graph that grows with the square of the text.

N tokens, T frames, M mel channels, D model width, S speakers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.batch import TextBatch
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.controls import NATS_PER_DECIBEL, TokenControls
from tts.models.decoders.parallel import ParallelDecoder
from tts.models.predictors.duration import whole_frames
from tts.models.predictors.pitch import PitchPrediction


class TextToMel(nn.Module):
    """Speaks one utterance by a model with a parallel decoder.

    Raises
    ------
    UserError: the decoder is another one.
    """

    gain: Tensor

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        if not isinstance(model.decoder, ParallelDecoder):
            raise UserError(
                f"this voice has an {model.config.decoder.kind} decoder, which is not exported; train one with "
                "model/decoder=parallel"
            )
        self.model, self.decoder = model, model.decoder
        self.register_buffer("gain", model.variance.gain)

    def forward(
        self,
        symbols: Tensor,
        stress: Tensor,
        boundary: Tensor,
        language: Tensor,
        speaker: Tensor,
        speed: Tensor,
        pitch: Tensor,
        energy: Tensor,
        lengthening: Tensor,
        frames: Tensor,
        group: Tensor,
        token_pitch: Tensor,
        token_range: Tensor,
        token_energy: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The mel `[1, T, M]`, and int64 frames per token `[1, N]`.

        Parameters
        ----------
        symbols, stress, boundary, language: int64 `[1, N]`, as in `tts.batch.TextBatch`.
        speaker: float32 `[1, S]`, the share of each speaker.
        speed: `[1]`; 2 is twice as fast.
        pitch: `[1]`, semitones above the predicted one.
        energy: `[1]`, decibels above the predicted one.
        lengthening and what follows: `[1, N]` each, as in `tts.models.controls.TokenControls`.
        """
        lengths = torch.full_like(symbols[:, 0], symbols.shape[1])
        text = TextBatch(symbols, stress, boundary, lengths, torch.zeros_like(lengths), language, speaker)
        controls = TokenControls(lengthening, frames, group, token_pitch, token_range, token_energy)
        return self.speak(text, speed, pitch, energy, controls)

    def speak(
        self, text: TextBatch, speed: Tensor, pitch: Tensor, energy: Tensor, controls: TokenControls | None = None
    ) -> tuple[Tensor, Tensor]:
        """The same for a batch of one, which may be padded: `text.shares` says who speaks."""
        model, decoder = self.model, self.decoder
        assert text.shares is not None
        tokens = length_mask(text.lengths, text.symbols.shape[1])
        who = text.shares @ (model.speaker.weight + model.average_style)
        states = model.text_encoder(text) + who[:, None]
        log_durations = model.duration_predictor(states, tokens)
        predicted = model.shortest(log_durations.exp(), text.symbols)
        if controls is not None:
            predicted = controls.durations(predicted, speed)
        durations = whole_frames(predicted / speed, text.lengths)
        states = states + model.prosody_projection(model.prosody_predictor(states, tokens))

        index, place = _spread(durations[0])
        frames = (states[0, index] + decoder.length_regulator.place(place))[None]
        mask = torch.ones_like(frames[..., 0], dtype=torch.bool)
        predicted = decoder.pitch_predictor(frames, mask)
        hertz = PitchPrediction(predicted.octaves + pitch / 12, predicted.voicing).hertz()
        if controls is not None:
            hertz = controls.melody(hertz, index[None])
        mel = decoder._mel(frames, hertz, mask) * model.mel_std + model.mel_mean
        if decoder.restored_variance is not None:
            mean = model.variance.mean(mel, mask)
            mel = model.variance.restore(mel, mean, text.shares @ self.gain, decoder.restored_variance)
        if controls is not None:
            mel = controls.louder(mel, index[None])
        return mel + energy * NATS_PER_DECIBEL, durations


def _spread(durations: Tensor) -> tuple[Tensor, Tensor]:
    """Of frames per token `[N]` the token of each frame `[T]`, and its place there `[T, 4]` as
    `tts.models.length_regulator.place_in_token` gives it."""
    ends = durations.cumsum(0)
    frames = durations.sum().item()
    torch._check(frames >= 2)
    time = torch.arange(frames)
    index = (time[:, None] >= ends).sum(1)
    total = durations[index].float()
    passed = (time - (ends - durations)[index]).float() + 0.5
    counts = torch.stack([passed, total - passed, total], -1).log1p()
    return index, torch.cat([(passed / total)[:, None], counts], -1)
