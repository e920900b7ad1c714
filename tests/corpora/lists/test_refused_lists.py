"""Lists as people write them by hand: read as they mean, or refused with something to do that helps."""

from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds, text
from tts.errors import UserError

SAID = ("The agent came late to the house.", "It rained all morning.", "Nobody knew what to say.")
WHO = ("p0", "p1", "p2")
LINES = [f"{i}|{said}|{who}" for i, (said, who) in enumerate(zip(SAID, WHO, strict=True))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sounds(tmp_path, "wavs/0.wav", "wavs/1.wav", "wavs/2.wav")


def refusal(folder: Path, content: str, layout: str = "auto", **settings: object) -> str:
    text(folder / "metadata.csv", content)
    with pytest.raises(UserError) as error:
        read(layout, folder, **settings)
    return str(error.value)


def test_a_speaker_in_each_line_is_a_reading_that_is_offered(folder: Path) -> None:
    said = refusal(folder, "\n".join(LINES))
    assert (
        "as in corpus.columns=[file,text,speaker], or corpus.columns=[file,text,_]" in said and "raw,text]" not in said
    )
    assert rows(read("auto", folder, columns=["file", "text", "speaker"])) == [
        (str(i), who, said) for i, (said, who) in enumerate(zip(SAID, WHO, strict=True))
    ]


def test_halves_of_texts_may_be_what_looks_like_speakers(tmp_path: Path) -> None:
    halves = [
        ("The rain has", "stopped and the streets are dry."),
        ("A door stood", "open at the end of the hall."),
        ("We walked along", "the river until it was dark."),
        ("The baker sells", "warm bread before seven."),
        ("Her brother fixed", "the old wooden boat."),
    ]
    sounds(tmp_path, *(f"{i}.wav" for i in range(len(halves))))
    said = refusal(tmp_path, "\n".join(f"{i}|{a} | {b}" for i, (a, b) in enumerate(halves)))
    assert "metadata.csv: a separator within the text? Put such texts in quotation marks; else two readings are" in said
    few = refusal(tmp_path, "\n".join(f"{i}|{a} | {b}" for i, (a, b) in enumerate(halves[:3])))
    assert "; a separator within the text? Put such texts in quotation marks; else say what the columns are" in few
    text(tmp_path / "metadata.csv", "\n".join(f'{i}|"{a} | {b}"' for i, (a, b) in enumerate(halves)))
    assert [r.text for r in read("auto", tmp_path)] == [f"{a} | {b}" for a, b in halves]


@pytest.mark.parametrize("layout", ["auto", "by name"])
@pytest.mark.parametrize(
    ("line", "columns", "name"),
    [("{0}|{2}|{1}", "[file,{},text]", "piper"), ("{0}|{1}|{2}", "[file,text,{}]", "coqui")],
)
def test_a_column_of_languages_may_be_one_of_speakers(
    folder: Path, layout: str, line: str, columns: str, name: str
) -> None:
    spoken = ("en", "de", "DE-de")
    content = "\n".join(line.format(i, *pair) for i, pair in enumerate(zip(SAID, spoken, strict=True)))
    said = refusal(folder, content, name if layout == "by name" else "auto")
    assert "two readings are possible, as column " in said and "says 'en', 'de', 'DE-de': give corpus.columns=" in said
    assert columns.format("language") in said and columns.format("speaker") in said
    given = columns.format("language").strip("[]").split(",")
    found = read("auto", folder, columns=given)
    assert [(r.text, r.language) for r in found] == list(zip(SAID, ("", "de", "de"), strict=True))
    assert [r.speaker for r in read("auto", folder, columns=[c.replace("language", "speaker") for c in given])] == [
        "en", "de", "DE-de",
    ]  # fmt: skip


READ = ("one", "two", "three", "four", "one", "two")


def test_names_are_not_taken_for_texts_that_are_read_aloud(folder: Path) -> None:
    said = refusal(folder, "\n".join(LINES), columns=["file", "raw", "text"])
    assert "column 3 says 'p0', which is not how" in said and "[file,_,text] takes it for the text all the same" in said
    assert [r.text for r in read("auto", folder, columns=["file", "_", "text"])] == list(WHO)
    repeated = "\n".join(line.replace("p2", "p1") for line in LINES)
    assert "which is not how" in refusal(folder, repeated, columns=["file", "raw", "text"])
    # Two writings may have one reading.
    numbers = ("I", "II", "III", "IV", "1", "2")
    text(folder / "metadata.csv", "".join(f"{i}|{n}|{r}\n" for i, (n, r) in enumerate(zip(numbers, READ, strict=True))))
    assert [r.text for r in read("auto", folder, columns=["file", "raw", "text"])] == list(READ)
    # Of texts in two scripts nothing can be said.
    text(folder / "metadata.csv", "0|水をください|mizu o kudasai\n1|明日は雨です|ashita wa ame desu")
    found = read("auto", folder, columns=["file", "raw", "text"], language="ja")
    assert [r.text for r in found] == ["mizu o kudasai", "ashita wa ame desu"]


def test_commas_are_seen_where_all_lines_have_as_many(folder: Path) -> None:
    text(folder / "metadata.csv", "".join(f"{i},{said}\n" for i, said in enumerate(SAID)))
    assert [r.text for r in read("auto", folder)] == list(SAID)
    text(folder / "metadata.csv", "".join(f"{i};{said.replace(' ', ', ', 1)}\n" for i, said in enumerate(SAID)))
    assert [r.text for r in read("auto", folder)][1] == "It, rained all morning."


@pytest.mark.parametrize("said", [
    "file,text\n0,Yes, the sea is blue.\n1,No, we went home.\n2,Yes, it rained.",
    "file,text\n0,Yes, the sea is blue.\n1,No, we went home.\n2,It rained.",
    "0,It cost 1,100 dollars.\n1,It cost 1,200 dollars.\n2,It cost 1,100 crowns.",
    "0,你好,世界\n1,你好,朋友\n2,再见,朋友",
])  # fmt: skip
def test_commas_of_texts_are_no_columns(folder: Path, said: str) -> None:
    assert "quotation marks" in refusal(folder, said)


def test_of_bars_and_tabs_those_separate_of_which_all_lines_have_as_many(folder: Path) -> None:
    text(folder / "metadata.tsv", "".join(f"{i}\t{said.replace(' ', ' | ', i + 1)}\n" for i, said in enumerate(SAID)))
    assert [r.text.count("|") for r in read("auto", folder)] == [1, 2, 3]
    text(folder / "metadata.tsv", "".join(f"{i}|{said}\n" for i, said in enumerate(SAID)).replace("It", "\tIt\t"))
    assert [r.text.split()[0] for r in read("auto", folder)] == ["The", "It", "Nobody"]


def test_cells_in_quotation_marks_may_begin_with_a_space(folder: Path) -> None:
    text(folder / "metadata.csv", "".join(f'"{i}"," mia"," {said}"\n' for i, said in enumerate(SAID)))
    assert rows(read("auto", folder)) == [(str(i), "mia", said) for i, said in enumerate(SAID)]


def test_a_comma_within_a_text_is_named_with_its_line(folder: Path) -> None:
    text(folder / "metadata.csv", f"file,text\n0,{SAID[0]}\n1,Well, it rained.\n2,{SAID[2]}")
    assert problems(read("auto", folder)) == {
        "1": "metadata.csv:3: 3 columns instead of 2; a separator within the text? Put such texts in quotation marks"
    }
    said = refusal(folder, f"0,{SAID[0]}\n1,Well, it rained.\n2,{SAID[2]}", "ljspeech")
    assert "metadata.csv:2: " in said and "3 columns where others have 2" in said and "quotation marks" in said
    said = refusal(folder, f"0,Well, {SAID[0]}\n1,Well, {SAID[1]}")
    assert "a comma may belong to a text" in said and "corpus.columns" in said
    said = refusal(folder, "0,a,b,c,d,e\n1,a,b,c,d\n2,a,b,c,d", "coqui", separator="comma")
    assert "line 1 has 6 columns where most have 5" in said


def test_texts_without_names_of_files(folder: Path) -> None:
    said = refusal(folder, "\n".join(SAID))
    assert "metadata.csv:1: no `|` between" in said and "put the name of its file before each text" in said
    said = refusal(folder, "\n".join(SAID), separator="bar")
    assert "they have one column; a line is `file|text`: put the name of its file before each text" in said


@pytest.mark.parametrize("separator", ["|", ","])
def test_a_header_of_unknown_names(folder: Path, separator: str) -> None:
    content = "\n".join(["Name|Said|Who", *LINES]).replace("|", separator)
    said = refusal(folder, content)
    assert ":1: its first line names the columns 'Name', 'Said', 'Who', which are not known" in said
    assert "corpus.header=true corpus.columns=[file,text,speaker]" in said and "corpus.header=false" in said
    columns = ["file", "text", "speaker"]
    found = read("auto", folder, columns=columns)
    assert [r.id for r in found if not r.problem] == ["0", "1", "2"]
    assert "a header" in problems(found)["Name"]
    assert [r.id for r in read("auto", folder, columns=columns, header=True)] == ["0", "1", "2"]


def test_a_first_recording_that_is_missing_is_no_header(folder: Path) -> None:
    text(folder / "metadata.csv", f"9|{SAID[0]}\n0|{SAID[1]}\nnine|{SAID[2]}")
    found = read("auto", folder)
    assert not problems(found) and [r.stamp.startswith("missing") for r in found] == [True, False, True]


def test_the_line_in_which_excel_says_the_separator(folder: Path) -> None:
    for head in ("", "file;text\n"):
        text(folder / "metadata.csv", f"sep=;\n{head}0;{SAID[0]}\n1;{SAID[1]}, yes")
        assert [r.text for r in read("auto", folder)] == [SAID[0], f"{SAID[1]}, yes"]
    text(folder / "metadata.csv", f'sep=;\n0;{SAID[0]}\n1;"Not\nclosed')
    with pytest.raises(UserError, match=r"metadata\.csv:3: .*quotation mark missing"):
        read("auto", folder)


def test_comments_are_no_recordings(folder: Path) -> None:
    text(folder / "metadata.csv", f"# mine\n0|{SAID[0]}\n#1|{SAID[1]}\n2|{SAID[2]}")
    assert rows(read("auto", folder)) == [("0", "auto", SAID[0]), ("2", "auto", SAID[2])]
    text(folder / "metadata.csv", f"# of 2024\n# id|text|speaker\n0|{SAID[0]}|mia")
    assert rows(read("auto", folder)) == [("0", "mia", SAID[0])]
    text(folder / "metadata.csv", f"#Datei|Text\n0|{SAID[0]}")
    assert rows(read("auto", folder, header=True, columns=["file", "text"])) == [("0", "auto", SAID[0])]
    text(folder / "metadata.csv", f"# mine\n0,{SAID[0]}\n1,{SAID[1]}")
    assert [r.text for r in read("auto", folder)] == list(SAID[:2])
    text(sounds(folder, "wavs/#1.wav") / "metadata.csv", f"0|{SAID[0]}\n#1|{SAID[1]}")
    assert [r.id for r in read("auto", folder)] == ["0", "#1"]


@pytest.mark.parametrize("line", ["{0}|{1}|", "{0}|{1}||", "{0}||{1}", "|".join(("{0}", "{1}", " "))])
def test_columns_that_are_empty_in_all_lines_say_nothing(folder: Path, line: str) -> None:
    text(folder / "metadata.csv", "\n".join(line.format(i, said) for i, said in enumerate(SAID)))
    assert rows(read("auto", folder)) == [(str(i), "auto", said) for i, said in enumerate(SAID)]


def test_what_is_offered_takes_the_longest_column_for_the_text(folder: Path) -> None:
    said = refusal(folder, "\n".join(f"{i}|ann|{said}|happy" for i, said in enumerate(SAID)))
    assert "as in corpus.columns=[file,_,text,_], with speaker, language or style for _" in said


def test_what_is_offered_has_the_files_where_they_are_named(folder: Path) -> None:
    lines = "\n".join(f"{who}|{i}|{said}" for i, (who, said) in enumerate(zip("xyx", SAID, strict=True)))
    assert "as in corpus.columns=[_,file,text], with speaker" in refusal(folder, lines)
    assert rows(read("auto", folder, columns=["speaker", "file", "text"]))[0] == ("0", "x", SAID[0])


@pytest.mark.parametrize(
    ("line", "columns"),
    [("{0}|{1}|{1}|{1}|3.5|Ein anderer Satz, der länger als die anderen ist.", "[file,_,text,_,_,_]"),
     ("7|{0}.wav|{1}|{2}|{3}|16000|FEMALE", "[_,file,_,text,_,_,_]")],
)  # fmt: skip
@pytest.mark.parametrize("separator", ["|", "\t"])
def test_what_is_offered_takes_the_second_of_columns_that_say_the_same(
    folder: Path, line: str, columns: str, separator: str
) -> None:
    lines = (line.format(i, said, said.lower()[:-1], " ".join(said)) for i, said in enumerate(SAID))
    assert f"as in corpus.columns={columns}" in refusal(folder, "\n".join(lines).replace("|", separator))


def test_a_list_of_two_readings_is_told_with_another_that_has_one(folder: Path) -> None:
    text(folder / "segments.txt", "0|1|one\n1|2|two")
    text(folder / "transcripts.txt", f"0|{SAID[0]}\n1|{SAID[1]}")
    with pytest.raises(UserError, match=r"segments\.txt: two readings .*; or give another list, .*/transcripts\.txt$"):
        read("auto", folder)


def test_a_list_that_is_not_beside_its_sound_says_so_and_nothing_of_its_columns(folder: Path) -> None:
    content = "".join(f"DUMMY/{i}.wav|4|{said}\n" for i, said in enumerate(SAID))
    listed = text(folder / "filelists/train.txt", content)
    with pytest.raises(UserError, match=r"/filelists: no \.wav.* in it, but train\.txt; put this list into the folder"):
        read("auto", listed)
    text(listed, content.replace("DUMMY", str(folder / "wavs")))
    with pytest.raises(UserError, match=r"corpus=piper"):
        read("ljspeech", listed)
    assert [r.speaker for r in read("piper", listed)] == ["4"] * 3


def test_a_line_that_excel_put_in_quotation_marks_for_its_comma(folder: Path) -> None:
    text(folder / "metadata.csv", '0|It rained.\n"1|Glue the sheet, to the dark"\n"2|They said ""no"", and went."')
    assert [r.text for r in read("auto", folder)] == [
        "It rained.",
        "Glue the sheet, to the dark",
        'They said "no", and went.',
    ]


def test_cells_in_quotation_marks_after_an_id_that_has_none(folder: Path) -> None:
    text(folder / "metadata.csv", f'0|"{SAID[0]}"\n1|"{SAID[1]}"\n2|"{SAID[2]}"')
    assert [r.text for r in read("auto", folder)] == list(SAID)
    text(folder / "metadata.csv", f'0|"One | two"\n1|"She said ""no"""\n2|{SAID[2]}')
    assert [r.text for r in read("auto", folder)] == ["One | two", 'She said "no"', SAID[2]]
    spoken = ['"Stop," he said, "now."', '"Go."', "He went."]
    text(folder / "metadata.csv", "\n".join(f"{i}|{said}" for i, said in enumerate(spoken)))
    assert [r.text for r in read("auto", folder)] == spoken


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", ["|", "\t"])
def test_a_text_in_quotation_marks_goes_on_in_further_lines(folder: Path, separator: str, end: str) -> None:
    lines = ["file|text", f"0|{SAID[0]}", f'1|"{SAID[1]}', "", 'And ""more""."', f"2|{SAID[2]}"]
    text(folder / "metadata.csv", end.join(lines).replace("|", separator))
    found = read("auto", folder)
    assert [" ".join(r.text.split()) for r in found] == [SAID[0], f'{SAID[1]} And "more".', SAID[2]]
    assert [r.written and r.written.line for r in found] == [2, 3, 6]
    every = [f'{i}|"{said}{end}More."|mia' for i, said in enumerate(SAID)]
    text(folder / "metadata.csv", end.join(every).replace("|", separator))
    assert rows(read("auto", folder)) == [(str(i), "mia", f"{said}{end}More.") for i, said in enumerate(SAID)]


def test_speech_over_several_recordings_is_no_text_over_several_lines(folder: Path) -> None:
    spoken = ['"It rained,', 'he said, "and I', 'went."']
    text(folder / "metadata.csv", "\n".join(f"{i}|{said}" for i, said in enumerate(spoken)))
    assert [r.text for r in read("auto", folder)] == spoken


def test_a_file_s_name_is_no_text(folder: Path) -> None:
    said = refusal(folder, "0|txt/0.txt\n1|txt/1.txt")
    assert "metadata.csv:1: where the text should be is the name of a file, 'txt/0.txt'" in said


def test_a_header_that_names_two_columns_alike(folder: Path) -> None:
    said = refusal(folder, "id|text|text\n" + "\n".join(LINES))
    assert "metadata.csv:1: its first line names two columns 'text'" in said


def test_files_of_numbers_are_no_lists(folder: Path) -> None:
    text(folder / "mel.txt", "\n".join("\t".join(f"{line * i % 97 / 10}" for i in range(2000)) for line in range(40)))
    with pytest.raises(UserError, match=r"mel\.txt: 2000 columns without names, so that it is no list of recordings"):
        read("auto", folder)
    text(folder / "metadata.csv", "\n".join(f"{i}|{said}" for i, said in enumerate(SAID)))
    assert len(read("auto", folder)) == 3
    text(folder / "metadata.csv", f"0|{SAID[0]}{'|' * 100_000}")
    assert rows(read("auto", folder)) == [("0", "auto", SAID[0])]


def test_columns_that_contradict_the_first_line_are_refused(folder: Path) -> None:
    said = "\n".join(["file|text|speaker", *LINES])
    message = (
        r"names 'file', 'text', 'speaker', and corpus.columns=[file,speaker,text] says speaker where that says text"
    )
    assert message in refusal(folder, said, columns=["file", "speaker", "text"])
    assert [r.style for r in read("auto", folder, columns=["file", "text", "style"])] == list(WHO)
    assert len(read("auto", folder, columns=["file", "text", "_"])) == 3
    assert "corpus.columns=[file,text,text]: two are the text" in refusal(
        folder, said, columns=["file", "text", "text"]
    )


def test_a_space_before_a_quotation_mark_is_told(folder: Path) -> None:
    text(folder / "metadata.csv", 'file, text\n0.wav, "Hello, you"\n1.wav, Hi\n2.wav, Bye\n')
    assert problems(read("auto", folder)) == {
        "0": "metadata.csv:2: 3 columns instead of 2; a space before a quotation mark? Take it out, so that the mark "
        "begins the column"
    }
    said = refusal(folder, "\n".join(f'{i}.wav, "Well, {said}"' for i, said in enumerate(SAID)))
    assert "put such texts in quotation marks, with no space before these" in said


SERBIAN = (
    ("Данас је леп дан.", "Danas je lep dan."),
    ("Она чита књигу.", "Ona čita knjigu."),
    ("Иду кући.", "Idu kući."),
)


@pytest.mark.parametrize("first", [0, 1])
def test_a_text_in_two_scripts_may_be_written_and_read(folder: Path, first: int) -> None:
    said = refusal(folder, "\n".join(f"{i}|{pair[first]}|{pair[1 - first]}" for i, pair in enumerate(SERBIAN)))
    assert said.endswith("as in corpus.columns=[file,raw,text] or corpus.columns=[file,text,_]")
    found = read("auto", folder, columns=["file", "raw", "text"], language="sr")
    assert [r.text for r in found] == [pair[1 - first] for pair in SERBIAN]


def test_a_translation_is_no_speaker(folder: Path) -> None:
    spanish = ("El agente llegó tarde.", "Llovió toda la mañana.", "Nadie sabía qué decir.")
    said = refusal(
        folder, "\n".join(f"{i}|{pair[0]}|{pair[1]}" for i, pair in enumerate(zip(SAID, spanish, strict=True)))
    )
    assert "which is not how" in said and "speaker]" not in said


def test_initials_end_as_sentences_do(folder: Path) -> None:
    text(folder / "metadata.csv", f"0|Ann K.|{SAID[0]}\n1|Bob S.|{SAID[1]}\n2|Ann K.|{SAID[2]}")
    assert [r.speaker for r in read("auto", folder)] == ["Ann K.", "Bob S.", "Ann K."]
