"""An autoregressive decoder makes of a text that comes in pieces what it makes of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from tts.attention import AttentionConfig
from tts.attention.config import Selection
from tts.attention.decoding import PathMode
from tts.attention.names import MECHANISMS
from tts.models.decoders.autoregressive import AutoregressiveDecoder, AutoregressiveDecoderConfig
from tts.models.decoders.decoder import MelPiece

GROWING = [name for name, kind in MECHANISMS.items() if kind.causal and kind.grows]
OTHERS = [name for name, kind in MECHANISMS.items() if kind.causal and not kind.grows]


def decoder_of(gate: str, selection: Selection, mode: PathMode = "hard", tunable: bool = True) -> AutoregressiveDecoder:
    torch.manual_seed(3)
    attention = AttentionConfig(heads=2, head_dim=8, gate=gate, selection=selection)
    config = AutoregressiveDecoderConfig(
        attention=attention, layers=2, heads=2, window=6, feedforward=24, prenet=12, postnet_layers=2, postnet_kernel=3
    )
    decoder = config.build(16, 8).eval()
    decoder.mode = mode
    for cross_attention in decoder.cross_attentions:
        cross_attention.focus.copy_(torch.tensor([0.9, 0.1]))
        cross_attention.smma_tunable = tunable
    return decoder


def text_of(tokens: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(4)
    return 3 * torch.randn(1, tokens, 16), 2 + 14 * torch.rand(1, tokens)


@pytest.mark.parametrize("known", [[1, 2, 3, 5, 9, 12], [0, 0, 7, 7, 8, 12], [12], [*range(2, 13)]])
@pytest.mark.parametrize("mode", ["hard", "soft"])
@pytest.mark.parametrize("selection", ["focused", "all"])
@pytest.mark.parametrize("gate", GROWING)
@torch.no_grad()
def test_a_growing_text_gives_the_mel_of_the_whole(
    gate: str, selection: Selection, mode: PathMode, known: list[int]
) -> None:
    decoder = decoder_of(gate, selection, mode)
    states, durations = text_of(12)
    whole = decoder.infer(states, torch.tensor([12]), durations, False)
    growing, pieces = decoder.growing(1.0), list[MelPiece]()
    assert growing is not None
    begun = []
    for count in known:
        pieces += growing.grow(states[:, :count], durations[:, :count], count == 12)
        begun.append(bool(pieces))
    mel = torch.cat([piece.mel for piece in pieces], 1)
    torch.testing.assert_close(mel, whole.mel, rtol=1e-4, atol=1e-5)
    tokens = torch.cat([piece.token for piece in pieces], 1)
    if mode == "hard" and selection == "focused":
        assert tokens.equal(whole.alignment.argmax(-1))
    assert tokens.diff().min() >= 0 and tokens[0, -1] == 11
    assert len(known) < 3 or begun[-2], "it begins before the text ends"


@pytest.mark.parametrize(("gate", "selection", "tunable", "speed"), [
    ("contrast", "threshold", True, 1.0),  # a head of each layer reads the whole text
    ("contrast", "focused", False, 1.0),
    ("contrast", "focused", True, 1.2),
    *[(gate, "all", True, 1.0) for gate in OTHERS],
])  # fmt: skip
def test_what_needs_the_whole_text_does_not_grow(gate: str, selection: Selection, tunable: bool, speed: float) -> None:
    assert decoder_of(gate, selection, tunable=tunable).growing(speed) is None


def test_a_stepwise_gate_from_outside_grows(make_gate: Callable[[], str]) -> None:
    assert decoder_of(make_gate(), "focused").growing(1.0) is not None


@pytest.fixture
def make_gate() -> Iterator[Callable[[], str]]:
    def make() -> str:
        from tts.attention.gates import ContrastGate

        class Twice(ContrastGate, name="twice"):
            def stay(self, energy: torch.Tensor, heads: tuple[int, ...]) -> torch.Tensor:
                return 2 * super().stay(energy, heads)

        return "twice"

    yield make
    MECHANISMS.pop("twice", None)
