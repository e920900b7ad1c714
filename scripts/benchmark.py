"""How fast, exact and robust it is: `python scripts/benchmark.py benchmark=NAME [out=DIR] [key=value …]`.

`ops`, `training`, `decoding`, `alignment`, `robustness`, `vocoder` or `waiting`; each says in `scripts/benchmarks/`
what it takes.

Timings are process CPU time, medians, with everything that is compared run in turns. They decide nothing: look at the
ratios of one run, on an idle machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import alignment, decoding, ops, robustness, training, vocoder, waiting

from tts.commands.cli import fail
from tts.errors import UserError

BENCHMARKS = {
    "alignment": alignment.main,
    "decoding": decoding.main,
    "ops": ops.main,
    "robustness": robustness.main,
    "training": training.main,
    "vocoder": vocoder.main,
    "waiting": waiting.main,
}


def main() -> None:
    chosen, out, rest = "training", None, []
    for argument in sys.argv[1:]:
        key, _, value = argument.partition("=")
        if key == "benchmark":
            chosen = value
        elif key == "out":
            out = Path(value)
        else:
            rest.append(argument)
    if chosen not in BENCHMARKS:
        raise UserError(f"benchmark={chosen}: choose {' or '.join(BENCHMARKS)}")
    BENCHMARKS[chosen](rest, out)


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        fail(str(error))
