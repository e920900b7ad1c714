"""What earlier versions called things: old names of experiments go on working, and say the new one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

EXPERIMENTS = {
    "allison": ("one_speaker", "${corpus.name}"),
    "demo": ("little_speech", "demo"),
    "espeak": ("exact_times", "espeak"),
    "ljspeech": ("much_speech", "ljspeech"),
    "vocoder_allison": ("vocoder_one_speaker", "vocoder_${corpus.name}"),
}
"""Old name to the new one, and to what a run's folder was called by default: a run goes on where it was."""
GONE = {"loss.blank": "null", "limits": "default", "trainer": "vocoder"}
"""Keys that are no more, and the value that asks for what is so anyway."""


def converted(overrides: Sequence[str]) -> list[str]:
    """Overrides in the names of now."""
    first: list[str] = []
    kept: list[str] = []
    for text in overrides:
        key, _, value = text.partition("=")
        if key == "experiment" and value in EXPERIMENTS:
            name, run = EXPERIMENTS[value]
            print(f"experiment={value} is now called experiment={name}", file=sys.stderr)
            first = [f"run_dir='runs/${{either:${{name}},{run}}}'"]
            kept.append(f"experiment={name}")
        elif GONE.get(key) != value:
            kept.append(text)
    return first + kept
