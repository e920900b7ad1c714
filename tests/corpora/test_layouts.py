import gzip
import io
import tarfile
import unicodedata
from pathlib import Path

import pytest

from tts.corpora import debian
from tts.corpora.asterisk import Allison, Asterisk, _corrected
from tts.corpora.fillets import Fillets
from tts.corpora.libritts import LibriTTS
from tts.corpora.lists.layouts import LJSpeech
from tts.corpora.vctk import VCTK
from tts.errors import UserError


def touch(path: Path, content: bytes = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def texts(corpus: object) -> dict[str, str]:
    return {r.id: r.text for r in corpus}  # type: ignore[attr-defined]


def test_ljspeech_reads_what_people_have(tmp_path: Path) -> None:
    for name in ("a.wav", "b.flac", "c.mp3", "sub/d.wav", "e.wav"):
        touch(tmp_path / "wavs" / name)
    rows = '\ufeffid|text\r\na|"Hi," he said "oh"|\r\nb.flac|No 1|Number one\r\n\r\n"c"|"A ""quoted"" row"\r\n'
    rows += "wavs/sub/d.wav|Deep\r\ne\r\n../x|Up"
    (tmp_path / "metadata.csv").write_bytes(rows.encode())
    assert texts(LJSpeech(str(tmp_path))) == {
        "a": '"Hi," he said "oh"', "b": "Number one", "c": 'A "quoted" row', "sub-d": "Deep",
        "e": "", "../x": "Up",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "message"),
    [({}, "no metadata.csv"), ({"metadata.csv": b""}, "no line"), ({"metadata.csv": b"a|b"}, r"no \.wav"),
     ({"metadata.csv": b"a b", "wavs/a.wav": b""}, r":1: no `\|`"), ({"metadata.csv": b"q|r", "wavs/a.wav":
     b""}, "'q'"), ({"metadata.csv": b"a|b\nb|\xff", "wavs/a.wav": b""}, ":2: not UTF-8")],
)  # fmt: skip
def test_ljspeech_says_what_it_expected(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    for name, content in files.items():
        touch(tmp_path / name, content)
    with pytest.raises(UserError, match=message):
        list(LJSpeech(str(tmp_path)))


def test_ljspeech_splits_only_at_line_ends(tmp_path: Path) -> None:
    touch(tmp_path / "wavs/a.wav")
    (tmp_path / "metadata.csv").write_bytes("a|one\u2028two\x85three\x0bfour\x1cfive\rb|six\nc|seven\r\n".encode())
    assert texts(LJSpeech(str(tmp_path))) == {"a": "one\u2028two\x85three\x0bfour\x1cfive", "b": "six", "c": "seven"}


def test_ljspeech_finds_names_in_either_form_of_unicode(tmp_path: Path) -> None:
    for name, form in (("Mädchen", "NFD"), ("Hügel", "NFC")):
        touch(tmp_path / "wavs" / f"{unicodedata.normalize(form, name)}.wav")
    rows = unicodedata.normalize("NFC", "Mädchen|a\n") + unicodedata.normalize("NFD", "Hügel|b\n")
    (tmp_path / "metadata.csv").write_text(rows, "utf-8")
    assert [r.stamp != "missing" for r in LJSpeech(str(tmp_path))] == [True, True]


def test_of_names_in_both_forms_of_unicode_each_finds_its_own(tmp_path: Path) -> None:
    forms = [unicodedata.normalize(form, "Hügel") for form in ("NFC", "NFD")]
    for name in forms:
        touch(tmp_path / "wavs" / f"{name}.wav")
    if len(list((tmp_path / "wavs").iterdir())) < 2:
        pytest.skip("this disk has one form only")
    for listed in ([forms[0]], [forms[1]], forms, [f"{name}.wav" for name in forms]):
        (tmp_path / "metadata.csv").write_text("".join(f"{name}|one\n" for name in listed), "utf-8")
        assert [Path(r.file).stem for r in LJSpeech(str(tmp_path))] == [name.removesuffix(".wav") for name in listed]


def test_ljspeech_s_odd_lines_are_named(tmp_path: Path) -> None:
    touch(tmp_path / "wavs/a.wav")
    (tmp_path / "metadata.csv").write_bytes(b"a|one\nb\0|two\n")
    assert [r.stamp != "missing" for r in LJSpeech(str(tmp_path))] == [True, False]
    (tmp_path / "metadata.csv").write_bytes(b"a|one\0two\n")
    assert [r.problem for r in LJSpeech(str(tmp_path))] == ["metadata.csv:1: a byte of zero in its text"]
    (tmp_path / "metadata.csv").write_text('a|one\n"b|' + "x" * 140_000)
    with pytest.raises(UserError, match=r"metadata.csv:2: field larger"):
        list(LJSpeech(str(tmp_path)))


def test_ljspeech_s_third_column_is_a_text(tmp_path: Path) -> None:
    touch(tmp_path / "wavs/a.wav")
    (tmp_path / "metadata.csv").write_text("a|One.|john\nb|Two.|john\nc|Three.|john\n", "utf-8")
    with pytest.raises(UserError, match=r"column 3 says 'john' beside different texts.*corpus=coqui"):
        list(LJSpeech(str(tmp_path)))


def test_libritts_and_vctk(tmp_path: Path) -> None:
    touch(tmp_path / "l/dev/84/12/84_12_0.normalized.txt", b"Hello there.\n")
    touch(tmp_path / "l/dev/84/12/84_12_0.wav")
    (r,) = LibriTTS(str(tmp_path / "l"))
    assert (r.id, r.speaker, r.text) == ("84_12_0", "84", "Hello there.")
    assert list(LibriTTS(str(tmp_path / "l"), speakers=["85"])) == []
    touch(tmp_path / "v/txt/p225/p225_001.txt", b"Please call Stella.")
    touch(tmp_path / "v/wav48_silence_trimmed/p225/p225_001_mic1.flac")
    (r,) = VCTK(str(tmp_path / "v"))
    assert (r.id, r.speaker, r.stamp != "missing") == ("p225_001", "p225", True)
    for corpus in (LibriTTS(str(tmp_path / "v")), VCTK(str(tmp_path / "l"))):
        with pytest.raises(UserError, match="expected"):
            list(corpus)


def deb(path: Path, files: dict[str, bytes]) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:xz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    content = b"!<arch>\n"
    for name, data in (("debian-binary", b"2.0\n"), ("data.tar.xz", tar.getvalue())):
        content += (
            f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
        )
    touch(path, content)


def test_allison_from_packages(tmp_path: Path) -> None:
    listing = b"; head\n\nhi: Hello # world.\nbeep: [tone]\nletters/at: at [@]\n"
    listing += b"demo-instruct: no\ndigits/h-40: fourtieth\n"
    sounds = "./usr/share/asterisk/sounds/en_US_f_Allison/"
    root = tmp_path / "debs"
    deb(
        root / "asterisk-core-sounds-en_1_all.deb",
        {"./usr/share/doc/x/core-sounds-en.txt.gz": gzip.compress(listing)},
    )
    names = ("hi", "beep", "letters/at", "demo-instruct", "digits/h-40")
    deb(root / "asterisk-core-sounds-en-g722_1_all.deb", {f"{sounds}{n}.g722": b"x" * 800 for n in names})
    corpus = Allison(str(tmp_path / "d"), str(root))
    assert texts(corpus) == {"hi": "Hello pound world.", "letters-at": "at", "digits-h-40": "fortieth"}
    sound = next(iter(corpus)).load()
    assert sound.sample_rate == 16000 and len(sound.wav) > 1000
    assert texts(Allison(str(tmp_path / "e"), str(tmp_path / "d"))) == texts(corpus)  # an unpacked tree
    touch(tmp_path / "mine" / "unpacked" / "thesis.tex", b"years of work")
    with pytest.raises(UserError, match=r"mine: holds unpacked/.*corpus\.downloads=PATH"):
        list(Allison(str(tmp_path / "mine"), str(root)))
    assert (tmp_path / "mine" / "unpacked" / "thesis.tex").read_bytes() == b"years of work"


def test_prompts_of_other_languages_are_written_as_they_should_be(tmp_path: Path) -> None:
    listing = "\ufeff; head\nhola: Numero de extension, u otro mas.\npass: Su contrasena no es valida.\n".encode()
    sounds = "./usr/share/asterisk/sounds/es_MX_f_Allison/"
    deb(tmp_path / "asterisk-core-sounds-es_1_all.deb", {"./usr/share/core-sounds-es.txt.gz": gzip.compress(listing)})
    files = {f"{sounds}{name}.g722": b"x" * 800 for name in ("hola", "pass")}
    deb(tmp_path / "asterisk-core-sounds-es-g722_1_all.deb", files)
    corpus = Asterisk(str(tmp_path / "d"), str(tmp_path))
    assert texts(corpus) == {"hola": "Número de extensión, u otro más.", "pass": "Su contraseña no es valida."}
    assert {recording.speaker for recording in corpus} == {"allison"}, "who speaks English too"
    assert corpus.licence == "CC-BY-SA-3.0" and "Carlo" in Asterisk("d", language="it").credits
    with pytest.raises(UserError, match=r"corpus\.language=de: corpus=asterisk has en-us, es-419"):
        Asterisk("d", language="de")
    assert _corrected("sar?.", {"sar?": "sarà"}) == "sarà." and _corrected("Trés?", {"trés": "tres"}) == "Tres?"
    allison = Allison("d", language="en-gb")
    assert allison.prompts.code == "en" and "Allison Smith" in allison.credits
    assert set(texts(Asterisk(str(tmp_path / "d"), str(tmp_path)))) == {"hola", "pass"}
    with pytest.raises(UserError, match="neither core-sounds-it"):  # though the Spanish ones lie there unpacked
        list(Asterisk(str(tmp_path / "d"), str(tmp_path), language="it"))


def test_what_the_fish_say(tmp_path: Path) -> None:
    dialogs = (
        '\ndialogId("a-1", "font_small", "Hello \\"you\\"!")\ndialogStr("Dag \\"jij\\",  daar!")\n'
        'dialogId("a-2", "font_big", "Look!")\ndialogStr("Kijk!")\n'
        'dialogId("a-3", "font_crab", "No.")\ndialogStr("Nee.")\n'
        'dialogId("a-4", "font_big", "Unsaid.")\ndialogStr("Niets.")\n'
        'dialogId("../../x", "font_big", "Out.")\ndialogStr("Uit.")\n'
    )
    game = "./usr/share/games/fillets-ng/"
    deb(tmp_path / "fillets-ng-data_1_all.deb", {f"{game}script/reef/dialogs_nl.lua": dialogs.encode()})
    files = {f"{game}sound/reef/nl/{name}.ogg": b"x" for name in ("a-1", "a-2", "a-3", "b-1")}
    deb(tmp_path / "fillets-ng-data-nl_1_all.deb", files)
    corpus = Fillets(str(tmp_path / "d"), str(tmp_path))
    assert [(r.id, r.speaker, r.text) for r in corpus] == [
        ("a-1", "fillets-nl-small", 'Dag "jij", daar!'), ("a-2", "fillets-nl-big", "Kijk!"),
    ]  # fmt: skip
    assert texts(Fillets(str(tmp_path / "e"), str(tmp_path / "d"))) == texts(corpus)
    (tmp_path / "fillets-ng-data-nl_1_all.deb").rename(tmp_path / "fillets-ng-data-cs_1_all.deb")
    with pytest.raises(UserError, match=r"no script/LEVEL/dialogs_cs\.lua"):  # unpacked anew, though Dutch is there
        list(Fillets(str(tmp_path / "d"), str(tmp_path), language="cs"))
    with pytest.raises(UserError, match=r"corpus\.language=de: corpus=fillets has nl and cs"):
        Fillets("d", language="de")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"neither sound/\*/nl/\*\.ogg nor the packages fillets-ng-data and f"):
        list(Fillets(str(tmp_path / "f"), str(tmp_path / "empty")))


def test_packages_cannot_write_elsewhere_and_damage_is_named(tmp_path: Path) -> None:
    deb(tmp_path / "evil.deb", {"usr/share/../../../evil": b"x"})
    with pytest.raises(UserError, match=r"evil\.deb"):
        debian.unpack(tmp_path / "evil.deb", tmp_path / "in", "usr/share")
    assert not (tmp_path / "evil").exists()
    deb(tmp_path / "cut.deb", {"usr/share/a": b"x" * 1000})
    touch(tmp_path / "cut.deb", (tmp_path / "cut.deb").read_bytes()[:-40])
    with pytest.raises(UserError, match=r"cut short"):
        debian.unpack(tmp_path / "cut.deb", tmp_path / "in", "usr/share")


def test_without_apt_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"apt-get.*corpus.root=PATH.*corpus=espeak"):
        list(Allison(str(tmp_path / "d")))
    with pytest.raises(UserError, match=r"leave corpus\.root out"):
        list(Allison(str(tmp_path / "d"), str(tmp_path)))
