"""What libraries say, in a line of ours."""

from tts.errors import in_short


def test_sentences_stay_whole_and_so_do_words() -> None:
    error = OSError("Nothing was found here.\n\nTo look elsewhere, pass another option.")
    assert in_short(error) == "Nothing was found here. To look elsewhere, pass another option"
    assert in_short(error, 40) == "Nothing was found here"
    assert in_short(error, 16) == "Nothing was …"
    assert in_short(OSError()) == ""
