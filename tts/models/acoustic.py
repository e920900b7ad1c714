"""The acoustic model: text and a recording's mel in, the mel reconstructed through their alignment out.

B batch, H heads, N text tokens, T mel frames, M mel channels, D model width, P prosody channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor, nn

from tts.attention import AttentionOutput, StepwiseMonotonicMultiheadAttention, best_durations
from tts.attention.masks import length_mask
from tts.attention.prior import weighted_log_prior
from tts.batch import Batch, TextBatch
from tts.errors import UserError
from tts.models.config import ModelConfig
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import DecoderOutput, InferenceOutput, TeacherForcing
from tts.models.encoders.reference import ReferenceEncoder, StyleTokens
from tts.models.encoders.speaker import SpeakerEncoder
from tts.models.encoders.text import TextEncoder
from tts.models.global_variance import GlobalVariance
from tts.models.layers import lowest_channels
from tts.models.predictors.duration import DurationPredictor, ShortestDurations, hard_alignment
from tts.models.predictors.prosody import ProsodyBottleneck, ProsodyPredictor
from tts.models.statistics import RunningUpdate, apply_updates, average_over_processes, running_means

STYLE_MOMENTUM = 0.99
HEARD = 0.5
"""Share of training utterances whose speaker is heard instead of looked up, in a model that can."""


@dataclass
class Conditions:
    """What the phase schedule decides for one training step."""

    prior: float = 0.0
    """Weight of the beta-binomial log prior on the energies; of no effect after the switch."""
    hard: bool = False
    """Whether the decoder reads hard Viterbi durations, as at inference, instead of the soft alignment."""
    predicted_prosody: bool = False
    """Whether the decoder reads the bottleneck predicted from text, as at inference."""


@dataclass
class AcousticOutput:
    """What the model makes of a batch in training, with gradients."""

    mel: Tensor
    """float32 `[B, T, M]`, log-mel."""
    target: Tensor
    """float32 `[B, T, M]`, the recording's, in standard deviations of each channel from its mean."""
    missing: Tensor | None
    """bool, to be broadcast to `[B, T, M]`: channels that the recording does not fill, so that `target` is none there.
    None where each fills all."""
    decoded: DecoderOutput
    """What the decoder gave."""
    attention: AttentionOutput
    """Of the text to the recording."""
    durations: Tensor
    """int64 `[B, N]`; frames per token on the best path, or as the batch gave them."""
    log_durations: Tensor
    """`[B, N]`, natural logarithm of the frames per token, predicted from text."""
    prosody: Tensor
    """`[B, N, P]`, bottleneck of the recording."""
    predicted_prosody: Tensor
    """`[B, N, P]`, the same predicted from text."""
    misheard: Tensor | None = None
    """`[B]`, mean squared difference between the speaker as heard and as in the table; None where it is not heard."""

    @property
    def alignment(self) -> Tensor:
        """`[B, T, N]`; the one the decoder read."""
        return self.decoded.alignment

    @property
    def error(self) -> Tensor:
        """Of the reconstructed mel, as `error_of`."""
        return self.error_of(self.decoded.mel)

    def error_of(self, mel: Tensor) -> Tensor:
        """A normalised mel minus the target, `[B, T, M]` both; 0, without gradient, in channels that the recording does
        not fill."""
        error = mel - self.target
        return error if self.missing is None else error.masked_fill(self.missing, 0.0)

    @property
    def leading(self) -> AttentionOutput:
        """The attention that `alignment` comes from."""
        return self.decoded.leading or self.attention


@dataclass
class Reference:
    """Features of a recording: its style, and for its own text prosody and durations."""

    style: Tensor
    """`[B, D]`."""
    prosody: Tensor
    """`[B, N, P]`."""
    durations: Tensor
    """int64 `[B, N]`."""
    misfit: Tensor
    """`[B]`, nats a frame by which the likeliest tokens exceed those on the best path; large where the recording is of
    another text."""


class AcousticModel(nn.Module):
    """Text encoder, reference encoder, SMMA, prosody bottleneck, predictors and decoder, wired."""

    per_speaker: ClassVar[tuple[str, ...]] = ("speaker.weight", "average_style", "style_seen")
    mel_mean: Tensor
    mel_std: Tensor
    average_style: Tensor
    style_seen: Tensor

    def __init__(self, config: ModelConfig, n_mels: int, symbols: int, speakers: int, languages: int = 1) -> None:
        super().__init__()
        width = config.width
        self.config = config
        ahead = config.reads_ahead
        self.text_encoder = TextEncoder(symbols, languages, width, config.text_encoder, ahead)
        left = None if ahead is None else ahead - self.text_encoder.stack.ahead
        self.reference_encoder = ReferenceEncoder(n_mels, width, config.reference_encoder)
        self.style_tokens = StyleTokens(width, config.reference_encoder)
        self.attention = StepwiseMonotonicMultiheadAttention(width, width, width, config.attention)
        self.prosody_bottleneck = ProsodyBottleneck(width, config.prosody)
        self.prosody_predictor = ProsodyPredictor(width, config.prosody, left)
        self.prosody_projection = nn.Linear(config.prosody.channels, width)
        self.duration_predictor = DurationPredictor(width, config.duration, left)
        self.shortest = ShortestDurations(symbols)
        self.speaker = nn.Embedding(speakers, width)
        nn.init.normal_(self.speaker.weight, std=0.3)
        hears = config.speaker_encoder.channels > 0
        self.speaker_encoder = SpeakerEncoder(n_mels, width, config.speaker_encoder) if hears else None
        self.decoder = config.decoder.build(width, n_mels)
        self.decoder.visible_channels = config.visible_channels
        self.variance = GlobalVariance(n_mels, speakers)
        self.register_buffer("mel_mean", torch.zeros(n_mels))
        self.register_buffer("mel_std", torch.ones(n_mels))
        self.register_buffer("average_style", torch.zeros(speakers, width))
        self.register_buffer("style_seen", torch.zeros(speakers))
        self._updates: list[RunningUpdate] = []

    def forward(self, batch: Batch, conditions: Conditions) -> AcousticOutput:
        text, mel_lengths = batch.text, batch.mel_lengths
        tokens = length_mask(text.lengths, text.symbols.shape[1])
        target, missing = self._normalise(batch.mel), batch.missing_channels
        visible = lowest_channels(target, self.config.visible_channels)

        hidden = self.text_encoder(text)
        encoded = self.reference_encoder(visible, mel_lengths)
        style = self.style_tokens(encoded, mel_lengths)
        prior = weighted_log_prior(conditions.prior, text.lengths, mel_lengths, target.shape[1], hidden.shape[1])
        given = batch.durations
        path = None if given is None else hard_alignment(given, target.shape[1])
        attention = self.attention(hidden, encoded, text.lengths, mel_lengths, prior, path)
        durations = best_durations(attention, text.lengths, mel_lengths) if given is None else given

        prosody = self.prosody_bottleneck(attention.context)
        speaker, misheard = self.speaker(text.speaker), None
        if self.speaker_encoder is not None:
            heard = self.speaker_encoder(visible, mel_lengths)
            misheard = (heard - speaker.detach()).square().mean(1)
            if self.training:
                speaker = torch.where(torch.rand(len(heard), 1, device=heard.device) < HEARD, heard, speaker)
        states = hidden + (speaker + style)[:, None]
        # Predictors send no gradient into the text states: a small corpus would be memorised through them.
        predicted_prosody = self.prosody_predictor(states.detach(), tokens)
        log_durations = self.duration_predictor(states.detach(), tokens)

        alignment = hard_alignment(durations, batch.mel.shape[1]) if conditions.hard else attention.alignment
        decoder_prosody = predicted_prosody if conditions.predicted_prosody else prosody
        expected = self._frames(log_durations.detach(), text.symbols) * tokens
        teacher = TeacherForcing(
            visible, batch.pitch, mel_lengths, alignment, expected, conditions.hard, conditions.prior
        )
        decoded = self.decoder(states + self.prosody_projection(decoder_prosody), text.lengths, teacher)
        mel = decoded.mel * self.mel_std + self.mel_mean
        if self.training:
            style = style.detach().float()
            self._updates.append(
                running_means(self.average_style, self.style_seen, style, text.speaker, STYLE_MOMENTUM)
            )
            if self.smma_tunable or given is not None:
                self._updates.append(self.shortest.update(durations, text.symbols, tokens))
            if conditions.predicted_prosody and self.smma_tunable and self.decoder.restored_variance is not None:
                # Of mels made as at inference.
                mask = length_mask(mel_lengths, mel.shape[1])
                recorded = batch.mel if missing is None else torch.where(missing, mel.detach(), batch.mel)
                self._updates += self.variance.updates(recorded, mel.detach(), mask, text.speaker)
        return AcousticOutput(
            mel=mel,
            target=target,
            missing=missing,
            decoded=decoded,
            attention=attention,
            durations=durations,
            log_durations=log_durations,
            prosody=prosody,
            predicted_prosody=predicted_prosody,
            misheard=misheard,
        )

    def update_statistics(self) -> None:
        """Apply the updates of styles, shortest durations and variances by training batches since the last call, and
        average focus rates over processes, since all must switch to the same heads; after every step, by every
        process."""
        apply_updates([*self._updates, *(average_over_processes(attention.focus) for attention in self.attentions)])
        self._updates.clear()

    @property
    def attentions(self) -> list[StepwiseMonotonicMultiheadAttention]:
        """Every attention between text and mel: the one that aligns a recording, and the decoder's own."""
        return [self.attention, *self.decoder.cross_attentions]

    @property
    def reads_ahead(self) -> int:
        """Tokens after its own that a token's state and duration depend on."""
        predictors = (self.duration_predictor, self.prosody_predictor)
        return self.text_encoder.stack.ahead + max(predictor.stack.ahead for predictor in predictors)

    @property
    def smma_tunable(self) -> bool:
        """Whether the monotonic phase is on."""
        return self.attention.smma_tunable

    @smma_tunable.setter
    def smma_tunable(self, value: bool) -> None:
        for attention in self.attentions:
            attention.smma_tunable = value

    def copy_phase(self, other: AcousticModel) -> None:
        """Take over the phase and the chosen heads of another model of the same settings."""
        for mine, theirs in zip(self.attentions, other.attentions, strict=True):
            mine.copy_phase(theirs)

    @torch.no_grad()
    def infer(
        self,
        text: TextBatch,
        style: Tensor | None = None,
        prosody: Tensor | None = None,
        durations: Tensor | None = None,
        pitch: Tensor | None = None,
        speed: float = 1.0,
        restore_variance: bool = True,
        most_frames: int | None = None,
        controls: TokenControls | None = None,
    ) -> InferenceOutput:
        """Mel `[B, T, M]` of text.

        Parameters
        ----------
        style: `[B, D]`; the speaker's average if not given.
        prosody, durations: `[B, N, P]` and int64 `[B, N]` of a recording of the same text; predicted if not given.
        pitch: `[B, T]` in Hz, 0 where unvoiced, of a recording with these durations; predicted if not given.
        speed: 2 is twice as fast.
        restore_variance: give the mel the variance of recordings, as far as the decoder's settings ask for it.
        most_frames: how many a text may take.
        controls: what is asked of each token; loudness alone of a decoder that does not take them.

        Raises
        ------
        UserError: predicted durations are not finite, or more than `most_frames`.
        """
        states, predicted = self.plan(text, style, prosody)
        given = durations is not None
        frames = predicted if durations is None else durations
        taken = {}
        if controls is not None and self.decoder.takes_controls:
            frames, taken = controls.durations(frames, speed), {"controls": controls}
        if most_frames is not None:
            tokens = length_mask(text.lengths, text.symbols.shape[1])
            check_frames(float(torch.where(tokens, frames, 0).sum(1).max()) / speed, most_frames)
        output = self.decoder.infer(states, text.lengths, frames, given, speed, pitch, **taken)
        mel = output.mel * self.mel_std + self.mel_mean
        if restore_variance:
            mask = length_mask(output.mel_lengths, mel.shape[1])
            mel = self.restored(mel, self.variance.mean(mel, mask), text)
        if controls is not None:
            mel = controls.louder(mel, output.alignment.argmax(-1))
        return replace(output, mel=mel)

    @torch.no_grad()
    def plan(
        self, text: TextBatch, style: Tensor | None = None, prosody: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """What the decoder reads, `[B, N, D]`, and predicted frames per token, `[B, N]`; arguments as for `infer`.

        Neither depends on more than `reads_ahead` tokens after a token's own.
        """
        tokens = length_mask(text.lengths, text.symbols.shape[1])
        states = self._states(text, style)
        if prosody is None:
            prosody = self.prosody_predictor(states, tokens)
        durations = self._frames(self.duration_predictor(states, tokens), text.symbols)
        return states + self.prosody_projection(prosody), durations

    @torch.no_grad()
    def restored(self, mel: Tensor, mean: Tensor, text: TextBatch) -> Tensor:
        """Log-mels `[B, T, M]` with the variance of recordings about a `mean` of `GlobalVariance.mean`, as far as the
        decoder's settings ask for it."""
        if self.decoder.restored_variance is None:
            return mel
        return self.variance.restore(mel, mean, _of_speaker(self.variance.gain, text), self.decoder.restored_variance)

    @torch.no_grad()
    def predicted_durations(self, text: TextBatch) -> Tensor:
        """Frames per token `[B, N]`, in the speaker's average style."""
        return self.plan(text)[1] * length_mask(text.lengths, text.symbols.shape[1])

    @torch.no_grad()
    def align(self, text: TextBatch, mel: Tensor, mel_lengths: Tensor) -> tuple[Reference, AttentionOutput]:
        """Align recordings `[B, T, M]` with their text; their style, prosody and durations."""
        encoded = self._encode(mel, mel_lengths)
        attention = self.attention(self.text_encoder(text), encoded, text.lengths, mel_lengths)
        durations = best_durations(attention, text.lengths, mel_lengths)
        energy = attention.monotonic_energy.mean(1)
        lost = energy.amax(-1) - (energy * hard_alignment(durations, mel.shape[1])).sum(-1)
        reference = Reference(
            style=self.style_tokens(encoded, mel_lengths),
            prosody=self.prosody_bottleneck(attention.context),
            durations=durations,
            misfit=(lost * length_mask(mel_lengths, mel.shape[1])).sum(1) / mel_lengths,
        )
        return reference, attention

    @torch.no_grad()
    def style_of(self, mel: Tensor, mel_lengths: Tensor) -> Tensor:
        """The style `[B, D]` of recordings `[B, T, M]` of any text."""
        return self.style_tokens(self._encode(mel, mel_lengths), mel_lengths)

    @torch.no_grad()
    def speaker_of(self, mel: Tensor, mel_lengths: Tensor) -> Tensor:
        """Who speaks in recordings `[B, T, M]`, as the table of speakers would hold it, `[B, D]`.

        Raises
        ------
        ValueError: the model has no speaker encoder.
        """
        if self.speaker_encoder is None:
            raise ValueError("this model has no speaker encoder")
        visible = lowest_channels(self._normalise(mel), self.config.visible_channels)
        heard: Tensor = self.speaker_encoder(visible, mel_lengths)
        return heard

    def set_mel_statistics(self, mean: Tensor, std: Tensor, harmonics: Tensor) -> None:
        """Mean and standard deviation of each log-mel channel, `[M]`, over the training set, and the audio setting's
        harmonic template (`tts.audio.pitch`)."""
        self.mel_mean.copy_(mean)
        self.mel_std.copy_(std.clamp(min=0.1))
        self.decoder.set_harmonics(harmonics)

    def _encode(self, mel: Tensor, mel_lengths: Tensor) -> Tensor:
        """Of the reference encoder."""
        visible = lowest_channels(self._normalise(mel), self.config.visible_channels)
        encoded: Tensor = self.reference_encoder(visible, mel_lengths)
        return encoded

    def _normalise(self, mel: Tensor) -> Tensor:
        return (mel - self.mel_mean) / self.mel_std

    def _states(self, text: TextBatch, style: Tensor | None = None) -> Tensor:
        """Hidden states of text, speaker and style `[B, D]`, its average one if not given, `[B, N, D]`."""
        if style is None:
            style = _of_speaker(self.average_style, text)
        return self.text_encoder(text) + (_of_speaker(self.speaker.weight, text) + style)[:, None]

    def _frames(self, log_durations: Tensor, symbols: Tensor) -> Tensor:
        """Predicted frames per token, `[B, N]`, none below its symbol's shortest."""
        return self.shortest(log_durations.exp(), symbols)


def _of_speaker(table: Tensor, text: TextBatch) -> Tensor:
    """The rows `[B, K]` of a table `[S, K]` that belong to the speakers of `text`."""
    return table[text.speaker] if text.shares is None else text.shares @ table


def check_frames(frames: float, most: int) -> None:
    """Raises UserError if a sentence takes more than `most` frames, or a number that is none."""
    if not frames <= most:  # nor where it is no number
        raise UserError(
            f"a sentence would take {frames:,.0f} frames of speech, and no more than {most:,} are spoken in one go; "
            "give shorter sentences or a higher speed; of a short one, the voice's durations are damaged"
        )
