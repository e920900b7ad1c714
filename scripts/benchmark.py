"""How fast, exact and robust it is: `python scripts/benchmark.py benchmark=NAME [out=DIR] [key=value …]`.

`--help` shows what there is: the head of each file in `scripts/benchmarks/`.

Timings are process CPU time, medians, with everything that is compared run in turns. They decide nothing: look at the
ratios of one run, on an idle machine.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

from tts.commands.cli import fail
from tts.commands.terminal import make_reliable
from tts.errors import UserError
from tts.storage.ownership import claim

BENCHMARKS = (
    "alignment", "attention", "controls", "decoding", "export", "growing", "imported", "importing", "many", "ops",
    "robustness", "serving", "small_data", "speaking", "swapped", "training", "verification", "vocoder", "waiting",
)  # fmt: skip


def help_text() -> str:
    """What there is to measure, and what each takes: the heads of their files."""
    files = {name: Path(__file__).with_name("benchmarks") / f"{name}.py" for name in BENCHMARKS}
    heads = {name: ast.get_docstring(ast.parse(path.read_text("utf-8"))) for name, path in files.items()}
    return "\n\n\n".join([(__doc__ or "").strip(), *(f"benchmark={name}\n\n{head}" for name, head in heads.items())])


def main() -> None:
    make_reliable()
    if {"--help", "-h"} & set(sys.argv[1:]):
        print(help_text())
        return
    chosen, out, rest = "", None, []
    for argument in sys.argv[1:]:
        key, _, value = argument.partition("=")
        if key == "benchmark":
            chosen = value
        elif key == "out":
            out = Path(value).expanduser()
        else:
            rest.append(argument)
    if chosen not in BENCHMARKS:
        problem = f"benchmark={chosen}: choose" if chosen else "benchmark is missing: give benchmark=NAME, one of"
        raise UserError(f"{problem} {', '.join(BENCHMARKS)}")
    if chosen == "robustness" and out is None:
        out = Path("runs/robustness")  # what is in it is not done again
    if out is not None:
        from tts.alignment.aligner import is_aligner  # with torch, which --help does without

        claim(out, "benchmark", "out", recognised=lambda out: is_aligner(out / "judge"))
    import_module(f"benchmarks.{chosen}").main(rest, out)


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        fail(str(error))
