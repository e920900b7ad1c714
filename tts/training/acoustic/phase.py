"""The two phases: when `smma_tunable` turns on, and what the model is given at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from tts.attention import StepwiseMonotonicMultiheadAttention
from tts.models.acoustic import Conditions
from tts.settings.schedule import value_at
from tts.training.acoustic.config import SwitchConfig


class PhaseSchedule:
    """Decides the switch. Its state goes into checkpoints.

    Parameters
    ----------
    aligned: whether the alignment is given; a plain phase would find nothing then, so the switch is at step 0.
    """

    def __init__(self, config: SwitchConfig, seed: int, aligned: bool = False) -> None:
        self.config = replace(config, switch_on="step", switch_step=0) if aligned else config
        self.seed = seed
        self.held = 0
        self.switched_at: int | None = None

    def update(self, step: int, attentions: Sequence[StepwiseMonotonicMultiheadAttention]) -> bool:
        """Call before the work of `step`; turns the flags on when it is time. True at that one step.

        By focus rate it is time when the sharpest head of every attention is sharp enough. Where the flag was on before
        the first step, as of a voice that the run starts from, that step is the switch.
        """
        if attentions[0].smma_tunable and self.switched_at is None:
            self.switched_at = step
            return True
        if self.switched_at is not None or self.config.switch_on == "never":
            return False
        if self.config.switch_on == "step":
            due = step >= self.config.switch_step
        else:
            above = min(float(attention.focus.max()) for attention in attentions) > self.config.focus_rate
            self.held = self.held + 1 if above else 0
            due = self.held >= self.config.hold
        if due:
            for attention in attentions:
                attention.smma_tunable = True
            self.switched_at = step
        return due

    def conditions(self, step: int) -> Conditions:
        """Draws depend on the seed and the step alone, so that a resumed run draws the same."""
        draws = torch.rand(2, generator=torch.Generator().manual_seed(self.seed * 1_000_003 + step)).tolist()
        return Conditions(
            prior=0.0 if self.switched_at is not None else value_at(self.config.prior, step),
            hard=self.switched_at is not None and draws[0] < value_at(self.config.hard_share, step - self.switched_at),
            predicted_prosody=draws[1] < value_at(self.config.predicted_prosody_share, step),
        )

    def state_dict(self) -> dict[str, Any]:
        return {"held": self.held, "switched_at": self.switched_at}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.held, self.switched_at = state["held"], state["switched_at"]
