"""The package imports where people install it: other systems, read-only folders, a CPU build of torch."""

from __future__ import annotations

import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tts
from tts import environment

ROOT = Path(tts.__file__).parents[1]
MODULES = sorted(module.name for module in pkgutil.walk_packages(tts.__path__, "tts."))
ONLY_WITH_TRITON = tuple(name for name in MODULES if name.startswith("tts.ops.gpu."))
"""Imported by `tts.ops` where there is a GPU."""


def python(code: str, *arguments: str, **environment: str) -> str:
    """What `code` prints in a fresh interpreter; fails with what it says on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_package_offers_a_voice_a_config_and_its_version() -> None:
    from tts import Voice, load_config
    from tts.synthesis import voice

    assert Voice is voice.Voice
    assert load_config("synthesize")["speed"] == 1.0
    assert {"Voice", "load_config", "__version__"} <= set(dir(tts))
    with pytest.raises(AttributeError, match="no attribute 'voice_of'"):
        _ = tts.voice_of


def test_importing_the_package_alone_does_not_import_torch() -> None:
    assert python("import sys, tts; print('torch' in sys.modules, 'numba' in sys.modules)").split() == ["False"] * 2


SPEAK = """
import sys
from tts.commands.synthesize import main
sys.argv = ["tts-synthesize", "voice=base", "text=Go home.", "out=" + sys.argv[1]]
main()
late = "numba", "matplotlib", "tts.alignment", "tts.training", "tts.corpora", "torch._dynamo", "sympy"
print([name for name in late if name in sys.modules])
"""


def test_speaking_imports_neither_what_trains_aligns_and_draws_nor_a_compiler(tmp_path: Path) -> None:
    assert python(SPEAK, str(tmp_path / "out")).splitlines()[-1] == "[]"


def test_every_module_imports_without_posix() -> None:
    """As on Windows: what the libraries need of POSIX is theirs to guard, so they come first."""
    code = (
        "import importlib, sys\n"
        "import torch, librosa, librosa.core.pitch, hydra, lightning_fabric, matplotlib.pyplot, soundfile, av, tqdm\n"
        "import filelock, tensorboard, phonemizer, praatio.textgrid, multiprocessing, concurrent.futures\n"
        "import torch.utils.tensorboard, torch.profiler, torch.distributed\n"
        "for hidden in ('resource', 'fcntl', 'pwd', 'grp', 'termios', 'tty', 'pty', 'syslog', 'triton'):\n"
        "    sys.modules[hidden] = None\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "print('all')"
    )
    assert python(code, *(name for name in MODULES if name not in ONLY_WITH_TRITON)) == "all\n"


CPU_BUILD = """
import torch
def load(path, *_):
    raise OSError(f"Could not load this library: {path}")
torch.ops.load_library = load
from tts.audio.transforms import MFCC, create_dct, melscale_fbanks, resample
from tts.audio.mel import LogMel
from tts.audio.config import AudioConfig
import torchaudio
torch.manual_seed(0)
wav = torch.rand(16000) - 0.5
print(LogMel(AudioConfig())(wav).double().sum().item(), resample(wav, 16000, 8000).double().sum().item())
try:
    torchaudio.functional.forced_align(torch.zeros(1, 5, 3).log_softmax(-1), torch.ones(1, 1, dtype=torch.int32))
except RuntimeError as error:
    print(error)
"""


def test_torchaudio_serves_beside_a_cpu_build_of_torch() -> None:
    """Whose libraries the extension of torchaudio's wheel for CUDA does not find."""
    sums, refused = python(CPU_BUILD).splitlines()
    complete = python(CPU_BUILD.replace("torch.ops.load_library = load\n", "")).splitlines()[0]
    assert sums == complete
    assert "does not fit this torch" in refused


IMPORT_COMPILED = (
    "import tts.ops.cpu.kernels, tts.evaluation.jump_decoding, librosa, torch\n"
    "from tts.audio.config import AudioConfig\n"
    "from tts.audio.pitch import pitch_contour\n"
    "from tts.ops import stepwise_viterbi\n"
    "print(stepwise_viterbi(torch.zeros(1, 1, 4, 2), torch.tensor([2]), torch.tensor([4])).sum().item())\n"
    "print(librosa.resample.__name__, len(pitch_contour(torch.zeros(400), AudioConfig())))"
)


def without_privileges() -> list[str]:
    """What makes root obey file permissions like anybody else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root without setpriv may write anywhere")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_a_read_only_installation_without_a_home_imports_and_computes(tmp_path: Path) -> None:
    site, temporary = tmp_path / "site", tmp_path / "tmp"
    temporary.mkdir()
    shutil.copytree(ROOT / "tts", site / "tts", ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"))
    for folder in (site, *(path for path in site.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "NUMBA_"))}
    done = subprocess.run(
        [*without_privileges(), sys.executable, "-B", "-c", IMPORT_COMPILED], capture_output=True, text=True, cwd="/",
        env=environment | {"PYTHONPATH": str(site), "HOME": "/proc/nowhere", "TMPDIR": str(temporary)},
    )  # fmt: skip
    for folder in (site, *(path for path in site.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # for pytest to tidy up
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["4", "resample", "2"]
    (cache,) = temporary.glob("smma-tts-numba-*")
    assert cache.stat().st_mode & 0o777 == 0o700
    assert list(cache.rglob("pyin._observe-*.nbi")), "what was compiled is kept"


def test_a_cache_that_others_can_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """numba runs what it finds there."""
    monkeypatch.setenv(environment.CACHE, "")  # for it to be put back
    monkeypatch.delenv(environment.CACHE)
    monkeypatch.setattr(environment.platformdirs, "user_cache_path", lambda *_, **__: Path("/proc/nowhere"))
    monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
    planted = next(iter(environment._temporary()))
    planted.mkdir()
    planted.chmod(0o777)
    environment.prepare_environment()
    assert os.environ[environment.CACHE] != str(planted)
    assert Path(os.environ[environment.CACHE]).stat().st_mode & 0o022 == 0


def test_threads_wait_passively_unless_the_user_says_otherwise() -> None:
    code = "import os, tts; print(os.environ['OMP_WAIT_POLICY'], os.environ.get('GOMP_SPINCOUNT'))"
    unset = "import os; [os.environ.pop(name, None) for name in ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT')]; "
    assert python(unset + code) == "PASSIVE 1000\n"
    assert (
        python("import os; os.environ.pop('GOMP_SPINCOUNT', None); " + code, OMP_WAIT_POLICY="ACTIVE")
        == "ACTIVE None\n"
    )
