"""A generator makes a waveform of the right length, the same every time, whole or in pieces."""

import math
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.generator import Filters, Generator
from tts.vocoder.source import fixed_noise_spectrum, pulses

SMALL = AudioConfig(
    sample_rate=8000, n_fft=256, win_length=256, hop_length=80, n_mels=20, f_min=0.0, f_max=4000.0, floor=1e-5
)
CONFIG = GeneratorConfig(width=8, hidden=16, layers=2, pitch_width=8, pitch_layers=1, window=160, steps=2)


def make(config: GeneratorConfig = CONFIG, audio: AudioConfig = SMALL, seed: int = 0) -> Generator:
    """One whose every weight has a say."""
    torch.manual_seed(seed)
    generator = Generator(config, audio).eval()
    with torch.no_grad():
        for head in (generator.filter_trunk.head, generator.pitch_trunk.head):
            head.weight.normal_(std=0.3)
            head.bias.normal_(std=0.3)
    return generator


def mel_of(frames: int, audio: AudioConfig = SMALL, seed: int = 1) -> torch.Tensor:
    return torch.randn(frames, audio.n_mels, generator=torch.Generator().manual_seed(seed)) - 3


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_frames_span_one_hop_less_than_their_number(data: st.DataObject) -> None:
    hop, steps = data.draw(st.sampled_from([(80, 1), (80, 2), (60, 4), (100, 5)]), "hop, steps")
    audio = AudioConfig(8000, 256, 200, hop, data.draw(st.integers(2, 30), "channels"), 0.0, 4000.0)
    least = 2 * hop // steps
    config = GeneratorConfig(8, 8, 1, 8, 1, data.draw(st.integers(least, 2 * least), "window") // 2 * 2, steps)
    frames = data.draw(st.integers(1, 20), "frames")
    wav = make(config, audio)(mel_of(frames, audio))
    assert wav.shape == ((frames - 1) * hop,)
    assert wav.dtype == torch.float32
    assert wav.isfinite().all()


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 90), st.integers(1, 40))
def test_pieces_joined_are_the_whole(frames: int, piece: int) -> None:
    generator, mel = make(), mel_of(frames)
    pieces = list(generator.stream(mel, piece))
    assert all(len(wav) <= piece * SMALL.hop_length for wav in pieces)
    torch.testing.assert_close(torch.cat(pieces), generator(mel), rtol=1e-3, atol=1e-4)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_frames_that_come_in_pieces_sound_as_the_whole(sizes: list[int]) -> None:
    generator, mel = make(), mel_of(sum(sizes))
    pieces = list(generator.stream_growing(mel.split(sizes)))
    joined = torch.cat(pieces) if pieces else torch.zeros(0)
    whole = generator(mel) if len(mel) > 1 else torch.zeros(0)
    torch.testing.assert_close(joined, whole, rtol=1e-3, atol=1e-4)


def test_sound_comes_as_soon_as_the_frames_around_it_are_there() -> None:
    generator = make()
    came = 0

    def frames() -> Iterator[torch.Tensor]:
        nonlocal came
        for frame in mel_of(80).split(1):
            came += 1
            yield frame

    first = next(generator.stream_growing(frames()))
    assert len(first) == SMALL.hop_length
    assert came == generator.reach + 2


def test_the_same_mel_sounds_the_same_whatever_was_drawn_before() -> None:
    generator, mel = make(), mel_of(20)
    first = generator(mel)
    torch.rand(5)
    assert torch.equal(generator(mel), first)


def test_no_frame_is_heard_further_ahead_than_the_reach() -> None:
    generator, mel = make(), mel_of(60)
    changed = mel.clone()
    changed[45] += 2
    before, after = generator(mel), generator(changed)
    heard = (45 - generator.reach) * SMALL.hop_length
    torch.testing.assert_close(before[:heard], after[:heard], rtol=0, atol=1e-6)
    assert not torch.allclose(before[heard:], after[heard:])


def test_an_untrained_generator_already_shapes_noise_as_its_mel_says() -> None:
    audio = AudioConfig()
    wav = 0.1 * torch.randn(audio.sample_rate, generator=torch.Generator().manual_seed(0))
    loud_then_soft = wav * torch.linspace(1, 0.05, len(wav))
    mel = LogMel(audio)(loud_then_soft)
    copied = LogMel(audio)(Generator(GeneratorConfig(width=8, hidden=8, layers=1), audio)(mel))
    assert (copied - mel).abs().mean() < 0.6
    assert (mel - mel.mean(0)).abs().mean() > 0.6, "or silence would do"


def test_speaking_hears_noise_by_its_share_beside_pulses() -> None:
    harmonic, noise = torch.tensor([-30.0, 0.0, 0.0]), torch.tensor([0.5, 0.0, -3.0])
    filters = Filters(harmonic, noise, torch.ones(3))
    shares = noise.exp() / (noise.exp() + harmonic.exp())
    strength, spoken = filters.gains(likelier=True)
    torch.testing.assert_close(spoken, noise.exp() * shares)
    assert torch.equal(strength, harmonic.exp())
    assert all(map(torch.equal, filters.gains(likelier=False), (harmonic.exp(), noise.exp())))
    silent = torch.full((3,), -200.0)
    assert torch.equal(Filters(silent, silent, silent).gains(likelier=True)[1], torch.zeros(3))


def test_what_is_spoken_has_less_noise_under_pulses_than_what_is_trained() -> None:
    generator, mel = make(), mel_of(60)
    with torch.no_grad():  # pulses as strong as the mel says, noise a factor of e below
        generator.filter_trunk.head.weight.zero_()
        generator.filter_trunk.head.bias.zero_()
        filters = generator.filters(mel[None])
    source = pulses(generator.pitch(mel[None]), SMALL.hop_length, SMALL.sample_rate, torch.zeros(1)).detach()
    noise = generator.noise[: filters.phase.shape[1]][None]
    drawn = generator.render(filters, torch.zeros_like(source), noise, likelier=False)
    voiced = generator.render(filters, source, torch.zeros_like(noise), likelier=False)
    share = 1 / (1 + math.e)
    torch.testing.assert_close(generator(mel), (voiced + share * drawn)[0], rtol=1e-4, atol=1e-5)


def test_training_copies_carry_gradients_to_every_weight() -> None:
    generator = make()
    mel = mel_of(2 * 12).view(2, 12, SMALL.n_mels)
    octaves = generator.octaves(mel)
    copy = generator.copy(generator.filters(mel), octaves)
    assert copy.shape == (2, 11 * SMALL.hop_length)
    (copy.square().mean() + octaves.square().mean()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in generator.parameters())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": 3}, "steps=3 must divide the hop of 80 samples"),
        ({"window": 78}, "window=78 must be 2 to 64 times as long"),
        ({"width": 0}, "width must lie between 1 and"),
        ({"layers": 10**6}, "layers must lie between"),
    ],
)
def test_sizes_that_cannot_be_are_refused(change: dict[str, int], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Generator(GeneratorConfig(**(vars(CONFIG) | change)), SMALL)


@pytest.mark.parametrize("fundamental", [70.0, 133.0, 440.0])
def test_pulses_are_all_harmonics_equally_strong_at_unit_power(fundamental: float) -> None:
    rate, hop = 16000, 200
    wav = pulses(torch.full((1, 161), fundamental), hop, rate, torch.zeros(1))[0]
    assert wav.shape == (160 * hop,)
    assert wav.square().mean().sqrt() == pytest.approx(1, rel=0.02)
    spectrum = torch.fft.rfft(wav * torch.hann_window(len(wav))).abs()
    at = [round(k * fundamental * len(wav) / rate) for k in range(1, int(rate / 2 / fundamental))]
    peaks = torch.tensor([float(spectrum[place - 2 : place + 3].square().sum().sqrt()) for place in at])
    assert peaks.max() / peaks.min() < 1.1
    between = torch.tensor([float(spectrum[place + round(at[0] / 2)]) for place in at[:-1]])
    assert between.max() < 1e-3 * peaks.min()


def test_pulses_follow_a_gliding_pitch() -> None:
    rate, hop = 16000, 200
    wav = pulses(torch.linspace(100, 200, 81)[None], hop, rate, torch.zeros(1))[0]
    threshold = 0.3 * float(wav.max())
    count = int(((wav[1:] > threshold) & (wav[:-1] <= threshold)).sum())
    assert count == pytest.approx(150 * len(wav) / rate, abs=1)


def test_what_is_kept_while_speaking_serves_other_uses() -> None:
    generator = make()
    with torch.inference_mode():
        generator(mel_of(10))
    assert not generator.noise.is_inference()


@settings(deadline=None, max_examples=10)
@given(st.sampled_from([20, 40, 75]), st.sampled_from([160, 161, 200]))
def test_fixed_noise_is_white_the_same_every_time_and_goes_on_where_it_ends(hop: int, size: int) -> None:
    window = torch.hann_window(size)
    noise = fixed_noise_spectrum(8000, window, hop)
    assert noise.shape == (8 * 8000 // hop, size // 2 + 1)
    assert torch.equal(fixed_noise_spectrum(8000, window, hop), noise)
    power = noise.abs().square()[:, 2:-2].mean(0) / window.square().sum()
    torch.testing.assert_close(power, torch.ones_like(power), atol=0.25, rtol=0)
    # Twice around: the same wave, without a seam.
    twice = torch.cat([noise, noise])[None].transpose(1, 2)
    wav = torch.istft(twice, size, hop, window=window)[0]
    length = len(noise) * hop
    torch.testing.assert_close(wav[length : 2 * length - size], wav[: length - size], atol=1e-3, rtol=0)
    assert wav.std() == pytest.approx(1, abs=0.02)
    assert abs(float((wav[1:] * wav[:-1]).mean())) < 0.02


def test_pitch_is_as_fine_in_mixed_precision() -> None:
    generator, mel = make(), mel_of(30)[None]
    with torch.no_grad():
        fine = generator.octaves(mel)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert torch.equal(generator.octaves(mel), fine)
