"""The aligner inside other TTS models: monotonic alignment search over energies trained by the forward-sum loss.

As Badlani et al. 2021 (arXiv 2108.10447): text and mel are encoded by small convolutions, energies are their squared
distances, a beta-binomial prior holds them to the diagonal, and after a while a second loss pulls the soft alignment
to the hard one. The hard alignment is `pip install monotonic-alignment-search`'s. Nothing of SMMA is in it.

B batch, T mel frames, N tokens, M mel channels.
"""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from tts.attention.prior import beta_binomial_log_prior
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus, Utterance
from tts.intervals import Interval
from tts.synthesis.timings import timings

WIDTH, BATCH = 80, 16
TEMPERATURE = 0.0005
"""Of the squared distance."""
HARD_AFTER = 0.5
"""Share of the time after which the second loss joins in."""
BLANK = -1.0
"""Log weight of a frame of no token, in the loss alone. Without it three or four tokens attract every frame
and nothing is learnt (docs/LOG.md)."""


class ForwardSum(nn.Module):
    """Energies of one corpus, trained until its time is up; `train_on` again goes on."""

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        self.audio, self.log_mel = audio, LogMel(audio)
        self.numbers: dict[str, int] = {}
        self.begun = False

    @staticmethod
    def installed() -> bool:
        return importlib.util.find_spec("monotonic_alignment_search") is not None

    def train_on(self, corpus: PreparedCorpus, utterances: Sequence[Utterance], seconds: float, whole: float) -> float:
        """Train for so many CPU seconds of `whole` in all; returns those it took."""
        started = time.process_time()
        torch.manual_seed(0)
        if not self.begun:
            self._begin(sorted({s for u in utterances for s in u.symbols}))
            self.spent = 0.0
            self.optimizer = torch.optim.Adam(self.parameters(), lr=1e-3, betas=(0.9, 0.98))
        mels = {u.id: self._mel(corpus, u) for u in utterances}
        order = random.Random(0)
        by_length = sorted(utterances, key=lambda u: u.seconds)
        groups = [by_length[k : k + BATCH] for k in range(0, len(by_length), BATCH)]
        while time.process_time() - started < seconds:
            for group in order.sample(groups, len(groups)):
                elapsed = self.spent + time.process_time() - started
                self._step(group, [mels[u.id] for u in group], hard=elapsed > HARD_AFTER * whole)
                if time.process_time() - started >= seconds:
                    break
        took = time.process_time() - started
        self.spent += took
        return took

    @torch.no_grad()
    def align(self, corpus: PreparedCorpus, utterances: Sequence[Utterance]) -> dict[str, list[Interval]]:
        """Phones of every utterance whose tokens it knows, from the hard path."""
        found = {}
        for utterance in utterances:
            if any(s not in self.numbers for s in utterance.symbols):
                continue
            scores, texts, frames = self._scores([utterance], [self._mel(corpus, utterance)])
            durations = hard_path(scores, texts, frames)[0].sum(0).tolist()
            _, phones = timings(utterance.tokens, durations, self.audio.frame_seconds, 0.0, utterance.seconds)
            found[utterance.id] = phones
        return found

    def _begin(self, symbols: list[str]) -> None:
        self.begun = True
        self.numbers = {symbol: i + 1 for i, symbol in enumerate(symbols)}
        self.embedding = nn.Embedding(len(symbols) + 1, 2 * WIDTH)
        self.text = nn.Sequential(
            nn.Conv1d(2 * WIDTH, 4 * WIDTH, 3, padding=1), nn.ReLU(), nn.Conv1d(4 * WIDTH, WIDTH, 1)
        )
        channels = self.audio.n_mels
        self.sound = nn.Sequential(
            nn.Conv1d(channels, 2 * channels, 3, padding=1), nn.ReLU(),
            nn.Conv1d(2 * channels, channels, 1), nn.ReLU(), nn.Conv1d(channels, WIDTH, 1),
        )  # fmt: skip

    @torch.no_grad()
    def _mel(self, corpus: PreparedCorpus, utterance: Utterance) -> Tensor:
        """`[T, M]`."""
        return self.log_mel(waveform.read(corpus.audio_path(utterance), self.audio.sample_rate))

    def _scores(self, group: Sequence[Utterance], mels: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Log weights with the prior `[B, T, N]`, very small outside the texts, and the lengths."""
        numbers = [torch.tensor([self.numbers[s] for s in u.symbols]) for u in group]
        texts, frames = torch.tensor([len(n) for n in numbers]), torch.tensor([len(m) for m in mels])
        keys = self.text(self.embedding(pad_sequence(numbers, batch_first=True)).transpose(1, 2))
        queries = self.sound(pad_sequence(list(mels), batch_first=True).transpose(1, 2))
        energy = -TEMPERATURE * torch.cdist(queries.transpose(1, 2), keys.transpose(1, 2)).square()
        padding = torch.arange(energy.shape[2]) >= texts[:, None]
        energy = energy.masked_fill(padding[:, None], -1e9)
        prior = beta_binomial_log_prior(texts, frames, energy.shape[1], energy.shape[2])
        return energy.log_softmax(-1) + prior, texts, frames

    def _step(self, group: Sequence[Utterance], mels: Sequence[Tensor], hard: bool) -> None:
        scores, texts, frames = self._scores(group, mels)
        with_blank = F.pad(scores, (1, 0), value=BLANK).log_softmax(-1)
        targets = torch.arange(1, scores.shape[2] + 1).expand(len(group), -1)
        loss = F.ctc_loss(with_blank.transpose(0, 1), targets, frames, texts)
        if hard:
            path = hard_path(scores.detach(), texts, frames)
            loss = loss - (path * scores.log_softmax(-1)).sum() / path.sum()
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters(), 1.0)
        self.optimizer.step()


def hard_path(scores: Tensor, texts: Tensor, frames: Tensor) -> Tensor:
    """The best path over log weights, one-hot `[B, T, N]`."""
    from monotonic_alignment_search import maximum_path

    text_mask = torch.arange(scores.shape[2]) < texts[:, None]
    mel_mask = torch.arange(scores.shape[1]) < frames[:, None]
    mask = (text_mask[:, :, None] & mel_mask[:, None, :]).float()
    return maximum_path(scores.transpose(1, 2).contiguous() * mask, mask).transpose(1, 2).float()
