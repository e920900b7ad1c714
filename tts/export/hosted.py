"""A voice as other programs drive it: ids of code points in, sound or a mel out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.batch import TextBatch
from tts.export.acoustic import TextToMel
from tts.export.code_points import CodePoints, samples_per_id
from tts.export.vocoder import MelToWave
from tts.synthesis.timings import FASTEST, SLOWEST


class Hosted(nn.Module):
    """A voice's acoustic model behind a host's ids, in one of its languages."""

    shares: Tensor

    def __init__(self, text_to_mel: TextToMel, code_points: CodePoints, language: int) -> None:
        super().__init__()
        self.text_to_mel, self.code_points, self.language = text_to_mel, code_points, language
        speakers = text_to_mel.model.speaker.num_embeddings
        self.register_buffer("shares", torch.eye(speakers))

    def forward(self, ids: Tensor, length: Tensor, length_scale: Tensor, speaker: Tensor) -> tuple[Tensor, Tensor]:
        """The mel `[1, T, M]`, and how many hops each id lasts, float32 `[1, n]`.

        Parameters
        ----------
        ids: int64 `[1, n]`, of which the first `length` `[1]` are the sentence.
        length_scale: `[1]`; 2 is half as fast.
        speaker: int64 `[1]`; beyond the last it is the last.
        """
        regrouped = self.code_points(ids[0], length[0])
        text = TextBatch(
            symbols=regrouped.symbols[None],
            stress=regrouped.stress[None],
            boundary=regrouped.boundary[None],
            lengths=regrouped.length[None],
            speaker=speaker,
            language=torch.full_like(ids, self.language),
            shares=self.shares[speaker.clamp(0, len(self.shares) - 1)],
        )
        nothing = torch.zeros_like(length_scale)
        speed = 1 / length_scale.clamp(1 / FASTEST, 1 / SLOWEST)
        mel, frames = self.text_to_mel.speak(text, speed, nothing, nothing)
        return mel, samples_per_id(regrouped, frames[0])[None]


class Piper(nn.Module):
    """What Piper's hosts call `input`, `input_lengths`, `scales` and `sid`; a voice of ours has no noise to scale."""

    def __init__(self, hosted: Hosted, mel_to_wave: MelToWave) -> None:
        super().__init__()
        self.hosted, self.mel_to_wave = hosted, mel_to_wave

    def forward(
        self, input: Tensor, input_lengths: Tensor, scales: Tensor, sid: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Sound `[1, 1, 1, samples]`, and how many hops each id of `input` `[1, n]` lasts, float32 `[1, 1, n]`.

        Parameters
        ----------
        scales: `[3]`, of noise, length, and noise of durations.
        sid: int64 `[1]`, the speaker; the first where the voice has no other.
        """
        speaker = torch.zeros_like(input_lengths) if sid is None else sid
        mel, hops = self.hosted(input, input_lengths, scales[1:2], speaker)
        return self.mel_to_wave(mel)[:, None, None], hops[:, None]


class Matcha(nn.Module):
    """The acoustic half, as sherpa-onnx calls that of a Matcha-TTS voice."""

    def __init__(self, hosted: Hosted) -> None:
        super().__init__()
        self.hosted = hosted

    def forward(self, x: Tensor, x_length: Tensor, noise_scale: Tensor, length_scale: Tensor, sid: Tensor) -> Tensor:
        """The mel `[1, T, M]` of ids `x` `[1, n]`; `noise_scale` `[1]` does nothing."""
        return self.hosted(x, x_length, length_scale, sid)[0]
