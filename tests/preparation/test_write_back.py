"""Corrected texts in the corpus's own files: exactly those, or nothing."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts.corpora.beside import TextBesideAudio
from tts.corpora.corpus import Corpus, Recording
from tts.corpora.lists.table import Table
from tts.corpora.registry import open_corpus
from tts.errors import UserError
from tts.preparation import write_back as module
from tts.preparation.corrections import Correction, correct, read_corrections, unused
from tts.preparation.utterance import one_line
from tts.preparation.write_back import WrittenBack, write_back


def opened(root: Path, layout: str = "ljspeech", **more: object) -> Corpus:
    return open_corpus({"layout": layout, "root": str(root), **more})


def folder(tmp_path: Path, name: str, content: str, *ids: str) -> Path:
    root = tmp_path / "recordings"
    (root / "wavs").mkdir(parents=True)
    for id in ids:
        (root / f"wavs/{id}.wav").touch()
    (root / name).write_bytes(content.encode())
    return root


def mended(root: Path, corpus: Corpus, **texts: str) -> WrittenBack:
    """What becomes of the texts of some recordings; the corpus then has them or what it had before."""
    out = root.parent / "out"
    out.mkdir(exist_ok=True)
    before = {r.id: one_line(r.text) for r in corpus}
    for id, text in texts.items():
        correct(out, Correction(id, before[id], text))
    result = write_back(corpus, out)
    assert {r.id: one_line(r.text) for r in corpus} == before | {id: texts[id] for id in result.ids}
    assert {id for id, c in read_corrections(out).by_id.items() if c.text} == texts.keys() - set(result.ids)
    return result


def test_the_text_of_a_line_and_nothing_else_changes(tmp_path: Path) -> None:
    content = "\ufeffa|the sea  was calm\r\nb|the sea was calm\r\nc|three boats\r\n"
    root = folder(tmp_path, "metadata.csv", content, "a", "b", "c")
    result = mended(root, opened(root), b="the tea was calm", c="three goats")
    assert result.ids == ["b", "c"] and not result.kept
    expected = "\ufeffa|the sea  was calm\r\nb|the tea was calm\r\nc|three goats\r\n"
    assert (root / "metadata.csv").read_bytes().decode() == expected
    assert (root / "metadata.csv.bak").read_bytes().decode() == content
    assert result.files == {root / "metadata.csv": root / "metadata.csv.bak"}


def test_a_text_that_is_there_as_written_and_as_read_is_replaced_in_both(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea|the sea\nb|a boat|a boat\n", "a", "b")
    mended(root, opened(root), a="the tea")
    assert (root / "metadata.csv").read_text() == "a|the tea|the tea\nb|a boat|a boat\n"


def test_a_text_that_cannot_stand_in_its_line_stays_beside_and_the_others_are_written(tmp_path: Path) -> None:
    root = folder(
        tmp_path, "metadata.csv", "a|page 5 tore|page five tore\nb|a boat|a boat\nc|a bell|a bell\n", "a", "b", "c"
    )
    result = mended(root, opened(root), a="quite another thing", b="a goat")
    assert result.ids == ["b"] and list(result.kept) == ["a"]
    assert "a stays in corrections.jsonl: its line" in str(result)


def test_a_bar_gets_the_quotation_marks_that_it_needs(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea|the sea\nb|a boat|a boat\n", "a", "b")
    mended(root, opened(root), a="either | or")
    assert (root / "metadata.csv").read_text() == 'a|"either | or"|"either | or"\nb|a boat|a boat\n'


def test_where_nothing_is_written_no_copy_stays(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|page 5 tore|page five tore\nb|a boat|a boat\n", "a", "b")
    assert not mended(root, opened(root), a="quite another thing").files
    assert sorted(path.name for path in root.iterdir()) == ["metadata.csv", "wavs"]


def test_cells_get_the_quotation_marks_that_they_need(tmp_path: Path) -> None:
    content = 'file_name,transcription\nwavs/a.wav,the sea\nwavs/b.wav,"He said ""no"", twice"\nwavs/c.wav,a boat\n'
    root = folder(tmp_path, "metadata.csv", content, "a", "b", "c")
    mended(root, opened(root, "huggingface"), a='the "sea", calm', b='He said "yes", twice', c="a goat")
    assert (root / "metadata.csv").read_text() == (
        'file_name,transcription\nwavs/a.wav,"the ""sea"", calm"\nwavs/b.wav,"He said ""yes"", twice"\n'
        "wavs/c.wav,a goat\n"
    )


def test_a_text_over_several_lines_is_replaced_as_a_whole(tmp_path: Path) -> None:
    content = 'file_name,transcription\nwavs/a.wav,"the sea\nwas calm"\nwavs/b.wav,"a boat"\n'
    root = folder(tmp_path, "metadata.csv", content, "a", "b")
    mended(root, opened(root, "huggingface"), a="the tea was cold", b="a goat")
    expected = 'file_name,transcription\nwavs/a.wav,"the tea was cold"\nwavs/b.wav,"a goat"\n'
    assert (root / "metadata.csv").read_text() == expected


def test_a_text_over_several_lines_between_bars_is_replaced_as_a_whole(tmp_path: Path) -> None:
    content = 'a|"the sea\nwas calm"|mia\nb|"a boat\r\ncame"|tom\nc|"a lone mark|mia\n'
    root = folder(tmp_path, "metadata.csv", content, "a", "b", "c")
    mended(root, opened(root, "coqui"), a="the tea was cold", c="a goat")
    expected = 'a|the tea was cold|mia\nb|"a boat\r\ncame"|tom\nc|a goat|mia\n'
    assert (root / "metadata.csv").read_bytes().decode() == expected


@pytest.mark.parametrize("escaped", [True, False])
def test_json_stays_json(tmp_path: Path, escaped: bool) -> None:
    rows = [{"audio_filepath": f"wavs/{id}.wav", "text": "ein Gruß", "duration": 1.5} for id in "ab"]
    content = "".join(json.dumps(row, ensure_ascii=escaped) + "\n" for row in rows)
    root = folder(tmp_path, "manifest.json", content, "a", "b")
    mended(root, opened(root, "nemo"), b='ein "Fuß"')
    first, second = map(json.loads, (root / "manifest.json").read_text().splitlines())
    assert first == rows[0] and second == rows[1] | {"text": 'ein "Fuß"'}


def test_a_list_in_json_whose_objects_are_not_lines_is_left_as_it_is(tmp_path: Path) -> None:
    rows = [{"audio_filepath": f"wavs/{id}.wav", "text": text} for id, text in (("a", "x y"), ("b", "z z"))]
    root = folder(tmp_path, "manifest.json", json.dumps(rows), "a", "b")
    assert mended(root, opened(root, "nemo"), b="no no").kept.keys() == {"b"}


def test_a_text_beside_its_sound(tmp_path: Path) -> None:
    root = tmp_path / "recordings"
    root.mkdir()
    for id in "abc":
        (root / f"{id}.wav").touch()
        (root / f"{id}.txt").write_text("The sea\nwas calm.\n")
    (root / "c.txt").replace(tmp_path / "c.txt")
    (root / "c.txt").symlink_to(tmp_path / "c.txt")
    result = mended(root, opened(root, "txt_beside_audio"), b="The sea was cold.", c="The sea was warm.")
    assert (root / "a.txt").read_text() == "The sea\nwas calm.\n" and (
        root / "b.txt"
    ).read_text() == "The sea was cold.\n"
    assert (root / "b.txt.bak").read_text() == "The sea\nwas calm.\n"
    assert result.kept == {"c": f"{root / 'c.txt'} is a link"} and (root / "c.txt").is_symlink()


def test_a_file_that_also_holds_its_name_is_left_as_it_is(tmp_path: Path) -> None:
    root = folder(tmp_path, "wavs/utt_1.txt", "utt_1|The sea was calm.", "utt_1", "utt_2")
    (root / "wavs/utt_2.txt").write_text("utt_2|A boat.")
    result = mended(root, opened(root, "txt_beside_audio"), **{"wavs-utt_1": "The sea was cold."})
    assert result.kept == {"wavs-utt_1": "its file also holds 'utt_1|', which is not said"}


def test_a_text_with_a_control_character_is_not_written(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea\nb|a boat\n", "a", "b")
    result = mended(root, opened(root), a="the\x00tea", b="a goat")
    assert result.kept == {"a": "it holds the control character U+0000"}
    assert (root / "metadata.csv").read_text() == "a|the sea\nb|a goat\n"


def test_what_was_kept_before_is_not_overwritten(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea|the sea\nb|a boat|a boat\n", "a", "b")
    (root / "metadata.csv.bak").write_text("mine")
    (root / "metadata.csv").chmod(0o640)
    result = mended(root, opened(root), a="the tea")
    assert (root / "metadata.csv.bak").read_text() == "mine"
    assert result.files == {root / "metadata.csv": root / "metadata.csv.bak1"}
    assert (root / "metadata.csv").stat().st_mode & 0o777 == 0o640


def read_only(root: Path) -> None:
    (root / "metadata.csv").chmod(0o444)


def another_text(root: Path) -> None:
    (root / "metadata.csv").write_text("a|the bee|the bee\nb|a boat|a boat\n")


def gone(root: Path) -> None:
    (root / "metadata.csv").write_text("b|a boat|a boat\nc|a bell|a bell\n")


@pytest.mark.parametrize(
    ("change", "why"), [(read_only, "is read-only"), (another_text, "another text by now"), (gone, "a piece of a rec")]
)
def test_why_a_text_is_not_written_back(tmp_path: Path, change: Callable[[Path], None], why: str) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea|the sea\nb|a boat|a boat\n", "a", "b", "c")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", Correction("a", "the sea", "the tea"))
    change(root)
    content = (root / "metadata.csv").read_bytes()
    result = write_back(opened(root), tmp_path / "out")
    assert why in result.kept["a"] and (root / "metadata.csv").read_bytes() == content
    assert read_corrections(tmp_path / "out").by_id["a"].text == "the tea"


def test_what_was_accepted_stays_accepted_and_what_was_rejected_stays_out(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea|the sea\nb|a boat|a boat\n", "a", "b")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", Correction("a", "the sea", "the tea", "accepted"))
    correct(tmp_path / "out", Correction("b", "a boat", "a goat", "rejected"))
    assert write_back(opened(root), tmp_path / "out").ids == ["a"]
    left = read_corrections(tmp_path / "out").by_id
    assert left == {
        "a": Correction("a", "the tea", "", "accepted"),
        "b": Correction("b", "a boat", "a goat", "rejected"),
    }


def test_of_a_file_that_is_listed_twice_the_first_line_changes(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea\na|the sea\nb|a boat\n", "a", "b")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", Correction("a", "the sea", "the tea"))
    assert write_back(opened(root), tmp_path / "out").ids == ["a"]
    assert (root / "metadata.csv").read_text() == "a|the tea\na|the sea\nb|a boat\n"


def test_notes_and_comments_stay(tmp_path: Path) -> None:
    content = "id|text|note\na|a boat|a boat, no oars\n# a|a boat\nb|no|no noise\n# b|no\n"
    root = folder(tmp_path, "metadata.csv", content, "a", "b")
    mended(root, opened(root), a="a goat", b="know")
    expected = "id|text|note\na|a goat|a boat, no oars\n# a|a boat\nb|know|no noise\n# b|no\n"
    assert (root / "metadata.csv").read_text() == expected


def test_other_values_of_an_object_stay(tmp_path: Path) -> None:
    row = {
        "asr": "a boat",
        "audio_filepath": "wavs/a.wav",
        "tags": ["text", "a boat"],
        "text": "a boat",
        "n": {"text": 1},
    }
    root = folder(tmp_path, "manifest.json", json.dumps(row) + "\n", "a")
    mended(root, opened(root, "nemo"), a="a goat")
    assert json.loads((root / "manifest.json").read_text()) == row | {"text": "a goat"}


def test_a_line_in_quotation_marks_keeps_them(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", 'a|the sea\n"b|a boat, a bell"\n', "a", "b")
    mended(root, opened(root), b='a "goat", a bell')
    assert (root / "metadata.csv").read_text() == 'a|the sea\n"b|a ""goat"", a bell"\n'


def test_a_line_in_quotation_marks_gets_a_text_with_a_bar_in_marks_of_its_own(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", '"a|the sea, calm"\n"b|a boat, a bell"\n', "a", "b")
    mended(root, opened(root), b='a "goat", a | bell')
    assert (root / "metadata.csv").read_text() == '"a|the sea, calm"\nb|"a ""goat"", a | bell"\n'


@pytest.mark.parametrize("above", ["", "\n\n", "\r\n \r\n"])
def test_a_first_line_of_excels_and_blank_lines_above_it_stay(tmp_path: Path, above: str) -> None:
    content = f"{above}sep=;\nfile;text\na;the sea\n\nb;a boat\n"
    root = folder(tmp_path, "metadata.csv", content, "a", "b")
    mended(root, opened(root), b="a goat; a bell")
    assert (root / "metadata.csv").read_bytes().decode() == content.replace("a boat", '"a goat; a bell"')


def test_as_many_are_written_as_can_stand_together(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea\nb|a boat\nc|a bell\n", *"abc")
    result = mended(root, opened(root), a='"tea"', b='"goat"', c='"ball"')  # of which the marks of all would be a CSV's
    assert result.ids == ["a", "b"] and (root / "metadata.csv").read_text() == 'a|"tea"\nb|"goat"\nc|a bell\n'


def test_what_is_stopped_leaves_the_files_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in "ab":
        (tmp_path / f"{id}.wav").touch()
        (tmp_path / f"{id}.txt").write_text("the sea\n")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", *(Correction(id, "the sea", "the tea") for id in "ab"))
    read = TextBesideAudio.__iter__

    def stopped(corpus: TextBesideAudio) -> Iterator[Recording]:
        recordings = list(read(corpus))
        if {recording.text for recording in recordings} == {"the tea"}:
            raise KeyboardInterrupt
        return iter(recordings)

    monkeypatch.setattr(TextBesideAudio, "__iter__", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_back(opened(tmp_path, "txt_beside_audio"), tmp_path / "out")
    assert {path.name: path.read_text() for path in tmp_path.glob("*.txt*")} == dict.fromkeys(
        ("a.txt", "b.txt"), "the sea\n"
    )


def test_what_was_killed_between_two_files_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id in "abc":
        (tmp_path / f"{id}.wav").touch()
        (tmp_path / f"{id}.txt").write_text(f"the sea {id}\n")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", *(Correction(id, f"the sea {id}", f"the tea {id}") for id in "abc"))
    copied = module._copied

    def killed(path: Path, content: bytes) -> Path:
        copy = copied(path, content)
        if len(list(tmp_path.glob("*.bak"))) == 2:
            raise KeyboardInterrupt
        return copy

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(module, "_copied", killed)
        write_back(opened(tmp_path, "txt_beside_audio"), tmp_path / "out")
    assert len([path for path in tmp_path.glob("*.txt") if "tea" in path.read_text()]) == 1
    assert write_back(opened(tmp_path, "txt_beside_audio"), tmp_path / "out").ids == ["a", "b", "c"]
    assert {path.name: path.read_text() for path in tmp_path.glob("*.txt*")} == {
        f"{id}.txt{copy}": f"the {said} {id}\n" for id in "abc" for copy, said in (("", "tea"), (".bak", "sea"))
    }


def test_what_the_corpus_has_already_waits_no_longer(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the tea\nb|a boat\n", "a", "b")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", Correction("a", "the sea", "the tea", "accepted"))
    corrections = read_corrections(tmp_path / "out")
    assert unused(corrections, {"a": "the tea", "b": "a boat"}, {}) == []
    result = write_back(opened(root), tmp_path / "out")
    assert result.ids == ["a"] and not result.files and "1 corrected text written already" in str(result)
    assert read_corrections(tmp_path / "out").by_id == {"a": Correction("a", "the tea", "", "accepted")}


def test_what_would_be_read_as_another_layout_is_not_written(tmp_path: Path) -> None:
    content = "a|Hello there my friend.|ann\nb|Good day to you.|bob\nc|Rain again here.|ann\nd|Sun again here.|bob\n"
    root = folder(tmp_path, "metadata.csv", content, *"abcd")
    result = mended(root, opened(root, "auto"), a="Hello", b="Hello", c="Hi", d="Hi")
    assert set(result.kept.values()) == {"with it the corpus would be read otherwise"} and not result.files
    assert (root / "metadata.csv").read_text() == content


def test_a_list_in_utf_16_says_so(tmp_path: Path) -> None:
    root = folder(tmp_path, "metadata.csv", "", "a", "b")
    (root / "metadata.csv").write_text("a|the sea\nb|a boat\n", "utf-16")
    assert mended(root, opened(root), a="the tea").kept == {"a": "metadata.csv is in UTF-16; save it as UTF-8"}


TEXTS = st.text(st.sampled_from("ab é|,;\"'\\\t{}#"), min_size=1, max_size=12).map(
    lambda text: one_line(unicodedata.normalize("NFC", text))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(TEXTS.filter(bool), min_size=3, max_size=3), new=st.lists(TEXTS.filter(bool), min_size=2, max_size=2)
)
@pytest.mark.parametrize("layout", ["ljspeech", "huggingface", "nemo"])
def test_whatever_the_texts_they_become_as_wanted_or_stay(
    tmp_path_factory: pytest.TempPathFactory, layout: str, texts: list[str], new: list[str]
) -> None:
    lines = {
        "ljspeech": (
            "metadata.csv",
            "".join(f"{id}|{t.replace('|', '')}x\n" for id, t in zip("abc", texts, strict=True)),
        ),
        "huggingface": (
            "metadata.csv",
            "file_name,transcription\n"
            + "".join(
                'wavs/{}.wav,"{}"\n'.format(id, t.replace('"', '""')) for id, t in zip("abc", texts, strict=True)
            ),
        ),
        "nemo": (
            "manifest.json",
            "".join(
                json.dumps({"audio_filepath": f"wavs/{id}.wav", "text": t}) + "\n"
                for id, t in zip("abc", texts, strict=True)
            ),
        ),
    }
    root = folder(tmp_path_factory.mktemp("any"), *lines[layout], "a", "b", "c")
    corpus = opened(root, layout)
    had = {r.id: one_line(r.text) for r in corpus}
    wanted = {id: text for id, text in zip("ab", new, strict=True) if had.get(id, text) != text}
    mended(root, corpus, **wanted)


@pytest.mark.parametrize(("owner", "step"), [(Table, "with_texts"), (module, "_meanings"), (module, "_copied")])
def test_what_its_owner_saves_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    root = folder(tmp_path, "metadata.csv", "a|the sea\nb|a boat\n", "a", "b")
    (tmp_path / "out").mkdir()
    correct(tmp_path / "out", Correction("a", "the sea", "the tea"))
    listed, took = root / "metadata.csv", getattr(owner, step)

    def slow(*given: Any) -> Any:
        result = took(*given)
        listed.write_text("a|the sea\nb|a new boat\n")
        return result

    monkeypatch.setattr(owner, step, slow)
    with pytest.raises(UserError, match=r"metadata.csv: somebody else changed it just now; it stays as it is"):
        write_back(opened(root), tmp_path / "out")
    assert listed.read_text() == "a|the sea\nb|a new boat\n"
    assert read_corrections(tmp_path / "out").by_id["a"].text == "the tea"


def test_no_file_changes_while_the_corpus_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "a|Hello there my friend.|ann\nb|Good day to you.|bob\nc|Rain again here.|ann\nd|Sun again here.|bob\n"
    root = folder(tmp_path, "metadata.csv", content, *"abcd")
    meanings, saved = module._meanings, content.replace("Sun", "Snow")

    def saving(*given: Any) -> Any:
        assert (root / "metadata.csv").read_text() == content
        (root / "metadata.csv").write_text(saved)
        return meanings(*given)

    monkeypatch.setattr(module, "_meanings", saving)
    (tmp_path / "out").mkdir()
    corrected = {"a": "Hello there my friend.", "b": "Good day to you.", "c": "Rain again here."}
    correct(tmp_path / "out", *(Correction(id, text, "Hello") for id, text in corrected.items()))
    assert not write_back(opened(root, "auto"), tmp_path / "out").files
    assert {path.name: path.read_text() for path in root.glob("metadata*")} == {"metadata.csv": saved}


@pytest.mark.parametrize(
    ("meanwhile", "left"),
    [
        (Correction("a", "the sea", "the tee"), Correction("a", "the tea", "the tee")),
        (Correction("a", "the sea", "the tea", "rejected"), Correction("a", "the tea", "", "rejected")),
        (Correction("a", "the sea", "", "accepted"), Correction("a", "the tea", "the sea", "accepted")),
        (Correction("a", "the sea", "the sea"), Correction("a", "the tea", "the sea")),
        (Correction("b", "a boat", "a goat"), None),
    ],
)
def test_what_is_decided_while_it_runs_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Correction, left: Correction | None
) -> None:
    root, out = folder(tmp_path, "metadata.csv", "a|the sea\nb|a boat\n", "a", "b"), tmp_path / "out"
    out.mkdir()
    correct(out, Correction("a", "the sea", "the tea"))
    read = module._meanings

    def slowly(*given: Any) -> Any:
        correct(out, meanwhile)
        return read(*given)

    monkeypatch.setattr(module, "_meanings", slowly)
    assert write_back(opened(root), out).ids == ["a"]
    assert (root / "metadata.csv").read_text() == "a|the tea\nb|a boat\n"
    found = read_corrections(out).by_id
    assert found == ({"a": left} if left else {"b": meanwhile})
