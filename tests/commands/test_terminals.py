"""Commands as processes: any terminal, any folder, Ctrl-C."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.watched import seen_by
from tts.storage.resources import folder

SPEAKER = """
import sys

def speak(config):
    for i in range(20_000 if config["speed"] == 2 else 1):
        print("€ ʃ", config["out"])
    print("€ done", file=sys.stderr, flush=True)
    open(config["out"], "w").close()
"""


SCRIPTS = {
    "command.py": SPEAKER + "from tts.commands.cli import command; command(speak, 'synthesize', ('text', 'out'))()",
    # What every command begins with, without what takes seconds to import.
    "streams.py": SPEAKER + "from tts.commands.terminal import make_reliable; make_reliable()\n"
    "speak({'out': 'done', 'speed': 1})",
}


@pytest.mark.parametrize(
    ("shell", "seen"),
    [
        ("PYTHONIOENCODING=ascii $STREAMS", "\\u20ac \\u0283 done"),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 $STREAMS", "\\u20ac"),
        ("$STREAMS >&-", ""),
        ("$STREAMS 2>&-", "€ ʃ done"),
        ("$COMMAND out=done >&- 2>&-", ""),
        ("$COMMAND out=done speed=2 | head -1", "€ ʃ done"),
        ("PYTHONIOENCODING=latin-1 $COMMAND --help | head -1", "Speak"),
    ],
)
def test_a_command_works_on_any_terminal(shell: str, seen: str, tmp_path: Path) -> None:
    for name, script in SCRIPTS.items():
        (tmp_path / name).write_text(script, "utf-8")
    run = f'set -o pipefail; COMMAND="{sys.executable} command.py voice=v"; STREAMS="{sys.executable} streams.py"; '
    done = subprocess.run(["bash", "-c", run + shell], capture_output=True, cwd=tmp_path, timeout=120)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, err
    assert out.startswith(seen) and "Traceback" not in err and "Exception" not in err, err
    assert (tmp_path / "done").exists() or "--help" in shell


def test_nothing_is_left_in_the_folder_a_command_is_called_from(call: Callable[..., Any]) -> None:
    main, _ = seen_by("synthesize", ("text",))
    call(main, "voice=v", "text=hello")
    call(main, "voice=v", "speeed=3")
    assert list(Path.cwd().iterdir()) == []


def test_the_scripts_are_the_commands(tmp_path: Path) -> None:
    script = folder("configs").parent / "scripts" / "synthesize.py"
    if not script.is_file():
        pytest.skip("scripts/ is not in this installation")
    arguments = [sys.executable, str(script), f"voice={tmp_path}/none", 'text=Say "a=b", ${now}']
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == f"error: {tmp_path}/none: no voice here; give the folder that training wrote as RUN_DIR/voice"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("after", ["pass", "raise AttributeError('half imported')"])
def test_an_import_cannot_swallow_ctrl_c(after: str) -> None:
    code = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import tts.commands
try:
    signal.raise_signal(signal.SIGINT)
except BaseException:
    {after}
sys.argv[1:] = ["--help"]
from tts.commands.synthesize import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "interrupted\n") and done.returncode
