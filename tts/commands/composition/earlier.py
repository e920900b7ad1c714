"""Names of earlier versions: old names of experiments still work, with a notice of the new one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tts.errors import UserError

EXPERIMENTS = {
    "allison": ("one_speaker", "${corpus.name}"),
    "demo": ("without_base", "demo"),
    "espeak": ("exact_times", "espeak"),
    "ljspeech": ("much_speech", "ljspeech"),
    "vocoder_allison": ("vocoder_one_speaker", "vocoder_${corpus.name}"),
}
"""Old name → the new one, and the default name of its run folder, so that a run goes on where it was."""
WITHOUT_BASE = ("corpus.parts.hibari", "corpus.parts.espeak")
"""What `little_speech` had beside a voice before there was a base, up to 0.3.0."""
REMOVED = {"loss.blank": "null", "limits": "default", "trainer": "vocoder"}
"""Removed keys, and the value of each that is accepted because it asks for what is now always so."""


def converted(overrides: Sequence[str]) -> list[str]:
    """Overrides with old names replaced by the current ones."""
    first: list[str] = []
    kept: list[str] = []
    of_the_mix = any(text.lstrip("+~").startswith(WITHOUT_BASE) for text in overrides)
    if of_the_mix and "experiment=little_speech" in overrides and not any(o.startswith("corpus=") for o in overrides):
        print("experiment=little_speech without the base is now called experiment=without_base", file=sys.stderr)
        overrides = ["experiment=without_base" if o == "experiment=little_speech" else o for o in overrides]
        first = ["run_dir='runs/${either:${name},little_speech}'"]
    for text in overrides:
        key, _, value = text.partition("=")
        if key == "experiment" and value in EXPERIMENTS:
            name, run = EXPERIMENTS[value]
            print(f"experiment={value} is now called experiment={name}", file=sys.stderr)
            first = [f"run_dir='runs/${{either:${{name}},{run}}}'"]
            kept.append(f"experiment={name}")
        elif key == "loss.blank" and value != REMOVED[key]:
            raise UserError("loss.blank is gone since 0.3.0, for it did no good (docs/LOG.md): leave it out")
        elif REMOVED.get(key) != value:
            kept.append(text)
    return first + kept
