"""The variance that a mel lacks beside recordings is given back, and nothing else."""

import torch

from tts.models.global_variance import MOST, GlobalVariance
from tts.models.statistics import apply_updates

LENGTHS = torch.tensor([40, 25])
FRAMES = torch.arange(40) < LENGTHS[:, None]


def mels(seed: int = 0) -> torch.Tensor:
    """`[2, 40, 8]`, with rubbish behind the ends."""
    mel = torch.randn(2, 40, 8, generator=torch.Generator().manual_seed(seed)) - 3
    mel[1, 25:] = 1e3
    return mel


def test_a_flattened_mel_is_restored() -> None:
    """Halved about its mean in one speaker, untouched in the other."""
    recorded, speaker = mels(), torch.tensor([1, 0])
    flat = recorded.clone()
    mean = recorded[0].mean(0)
    flat[0] = mean + (recorded[0] - mean) / 2
    variance = GlobalVariance(8, 2)
    apply_updates(variance.updates(recorded, flat, FRAMES, speaker))
    restored = variance.restore(flat, variance.mean(flat, FRAMES), variance.gain[speaker], 1.0)
    loudness = variance.cosines[:, :1] @ variance.cosines[:, :1].T  # is left as it was
    expected = recorded[0] - (recorded[0] - flat[0]) @ loudness
    torch.testing.assert_close(restored[0], expected, rtol=0, atol=1e-4)
    torch.testing.assert_close(restored[1, :25], recorded[1, :25], rtol=0, atol=1e-4)
    half = variance.restore(flat, variance.mean(flat, FRAMES), variance.gain[speaker], 0.5)
    assert flat[0].std() < half[0].std() < restored[0].std()


def test_nothing_is_changed_before_anything_is_known_or_without_strength() -> None:
    variance, mel = GlobalVariance(8, 2), mels()
    speaker = torch.tensor([0, 1])
    torch.testing.assert_close(
        variance.restore(mel, variance.mean(mel, FRAMES), variance.gain[speaker], 1.0)[FRAMES],
        mel[FRAMES],
        rtol=0,
        atol=1e-4,
    )
    apply_updates(variance.updates(mel, 0.7 * mel, FRAMES, speaker))
    torch.testing.assert_close(
        variance.restore(mel, variance.mean(mel, FRAMES), variance.gain[speaker], 0.0)[FRAMES],
        mel[FRAMES],
        rtol=0,
        atol=1e-4,
    )


def test_it_never_flattens_and_never_exaggerates() -> None:
    variance, mel = GlobalVariance(8, 1), mels()
    speaker = torch.zeros(2, dtype=torch.long)
    apply_updates(variance.updates(mel, 3 * mel, FRAMES, speaker))  # livelier than recordings
    torch.testing.assert_close(
        variance.restore(mel, variance.mean(mel, FRAMES), variance.gain[speaker], 1.0)[FRAMES],
        mel[FRAMES],
        rtol=0,
        atol=1e-4,
    )
    variance = GlobalVariance(8, 1)
    apply_updates(variance.updates(mel, mel / 100, FRAMES, speaker))
    spread = [
        (x[0] @ variance.cosines)[:, 1:].std(0)
        for x in (variance.restore(mel, variance.mean(mel, FRAMES), variance.gain[speaker], 1.0), mel)
    ]
    torch.testing.assert_close(spread[0], MOST * spread[1])


def test_what_is_remembered_is_a_slow_mean_of_each_speaker_s_own_frames() -> None:
    variance, speaker = GlobalVariance(8, 2), torch.tensor([0, 1])
    apply_updates(variance.updates(mels(1), mels(2), FRAMES, speaker))
    first = variance.recorded.clone()
    cepstrum = mels(1)[1, :25] @ variance.cosines
    torch.testing.assert_close(first[1], cepstrum.var(0, unbiased=False), rtol=1e-4, atol=1e-5)
    apply_updates(variance.updates(mels(3), mels(4), FRAMES, torch.tensor([0, 0])))
    assert torch.equal(variance.recorded[1], first[1])
    own = [(mels(3)[b, FRAMES[b]] @ variance.cosines).var(0, unbiased=False) for b in range(2)]
    slow = torch.lerp(torch.stack(own).mean(0), first[0], 0.1)
    torch.testing.assert_close(variance.recorded[0], slow, rtol=1e-4, atol=1e-5)
