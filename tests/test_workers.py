import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tts.errors import UserError
from tts.workers import WorkerDied, map_unordered


def halved(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 5:
        os._exit(7)
    return number // 2


def refuse(number: int) -> int:
    raise UserError(f"not {number}")


class Odd(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__("odd")


def odd(number: int) -> int:
    raise Odd(number, number)


def announce(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(60)


def test_a_process_that_dies_costs_its_item_alone() -> None:
    found = dict(map_unordered(halved, range(8), 2))
    assert {n: r for n, r in found.items() if not isinstance(r, WorkerDied)} == {0: 0, 1: 0, 2: 1, 4: 2, 6: 3, 7: 3}
    assert "ended with status 7" in str(found[5])
    assert os.name == "nt" or "signal 9 (Killed)" in str(found[3])


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(UserError, match="not 1") as raised:
        list(map_unordered(refuse, [1], 1))
    assert "in refuse" in raised.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Odd: odd"):
        list(map_unordered(odd, [1], 1))


def test_nothing_to_do_starts_nothing() -> None:
    assert list(map_unordered(halved, [], 4)) == []


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="os.kill(pid, 0) ends a process there")
def test_no_process_outlives_the_one_it_works_for(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_workers import announce\n"
        "from tts.workers import map_unordered\n"
        f"list(map_unordered(announce, [Path({str(tmp_path)!r})] * 2, 2))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    )
    deadline = time.monotonic() + 120
    while len(list(tmp_path.iterdir())) < 2:
        assert parent.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    pids = [int(path.name) for path in tmp_path.iterdir()]
    while any(map(is_there, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_does_not_start_is_the_users_error(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text("from tts.workers import map_unordered\nprint(list(map_unordered(abs, [1], 1)))\n", "utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "a worker process does not start" in done.stderr and "__main__" in done.stderr
