"""How every command starts: its config is composed, and a user's error is printed as one line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

import yaml
from omegaconf import OmegaConf

from tts.commands import end_imports
from tts.commands.composition.arguments import ALSO_GROUPS, Arguments, read_arguments
from tts.commands.composition.compose import check_chosen, check_complete, composed, import_plugins
from tts.commands.composition.folders import with_folders
from tts.commands.composition.help import help_text
from tts.commands.terminal import make_reliable
from tts.errors import UserError, place_in_plugin


def command(
    run: Callable[[dict[str, Any]], None],
    name: str,
    literal: Sequence[str] = (),
    prepared: bool = False,
    check: Callable[[dict[str, Any]], object] = dict,
    chosen: Sequence[str] = (),
) -> Callable[[], None]:
    """Make the entry point of a command from a function of its composed config.

    Parameters
    ----------
    name: of the command, as `tts.commands.composition.tasks.SETTINGS` and `configs/NAME.yaml` have it.
    literal: dotted keys (or patterns with `*`) whose values are taken literally; see `read_arguments`.
    prepared: the command takes corpora that are prepared, which its help then says less about; also as corpus=FOLDER.
    check: raises UserError where `run` would refuse the config, before it does anything.
    chosen: groups of configs from which the user must choose, for want of a default that is of use.
    """

    def main() -> None:
        make_reliable()
        end_imports()
        _configure_logging()
        try:
            arguments = read_arguments(sys.argv[1:], literal)
            OmegaConf.register_new_resolver("literal", arguments.literals.__getitem__, replace=True)
            import_plugins(arguments.plugins())
            for job, overrides in arguments.jobs():
                _run_job(arguments, job, overrides)
        except UserError as error:
            fail(str(error))
        except OSError as error:
            fail(f"{place_in_plugin(error)}{error}")
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            sys.exit(130)
        except Exception as error:
            if place := place_in_plugin(error):
                print(f"error: {place}{type(error).__name__}: {error}", file=sys.stderr)
            raise

    def _run_job(arguments: Arguments, job: str, overrides: list[str]) -> None:
        overrides = with_folders(overrides, arguments.flags.config_dir) if prepared else overrides
        config, choices = composed(name, overrides, arguments.flags.config_dir)
        config |= {key: value for key, value in arguments.literals.items() if key in ALSO_GROUPS}
        if job and "run_dir" in config:
            config["run_dir"] += f"/{job}"
        if arguments.flags.help:
            print(help_text(name, config, choices, prepared, arguments.flags.config_dir))
            return
        check_chosen(chosen, overrides, arguments.flags.config_dir)
        check_complete({key: value for key, value in config.items() if key not in arguments.literals})
        settings = {key: value for key, value in config.items() if key != "plugins"}
        check(settings)
        if arguments.flags.cfg:
            print(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), end="")
            return
        run(settings)

    return main


def fail(message: str) -> None:
    """Print an error as one line on standard error and exit with status 1."""
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(1)


def load_config(name: str, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Compose a command's config from Python (tests, notebooks) exactly as the command would.

    Parameters
    ----------
    name: `prepare`, `train`, `synthesize`, `align` or `evaluate`.
    overrides: as on the command line, `key=value` each.

    Raises
    ------
    UserError: naming what is unknown, and the nearest that is known.
    """
    end_imports()
    arguments = Arguments(list(overrides), {}, read_arguments([], ()).flags)
    import_plugins(arguments.plugins())
    config, _ = composed(name, overrides)
    return {key: value for key, value in config.items() if key != "plugins"}


def _configure_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for noisy in ("numba", "matplotlib", "lightning_fabric", "phonemizer", "faster_whisper"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
