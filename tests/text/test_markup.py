"""Markup of web pages, chats and language models is not read aloud."""

import pytest

from tts.text.frontend import split_sentences
from tts.text.markup import plain
from tts.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # Markdown
        ("## Title ##", "Title"),
        ("> quote", "quote"),
        ("**bold**, `code` and ```python", "bold, 'code' and"),
        ("![a cat](cat.png) and [the text](https://en.wikipedia.org/wiki/A_(b)).", "a cat and the text."),
        ("- [x] done", "done"),
        ("| a | b |\n|---|:-:|\n| c | d |", "a, b, c, d"),
        ("A note[^1].", "A note."),
        # HTML and SSML
        ("Tom &amp; Jerry&#39;s &quot;run&quot;&nbsp;now", 'Tom and Jerry\'s "run" now'),
        ("AT&T; Q&A; &unknown;", "A.T and T; Q and A; and unknown;"),
        ('<p class="x">One<br>two <b>th</b>ree.</p><!-- no --><p>Four', "One, two three. Four"),
        ('Hello <break time="800ms"/> world. [pause:0.5s] Again.', "Hello, world. Again."),
        ("mail <bob@mail.org>", "mail bob at mail dot org"),
        # signs of programs and chats
        ("a -> b => c", "a to b to c"),
        ("a != b, a == b, a >= b", "a is not equal to b, a equals b, a at least b"),
        ("Fun :D and :-P xD", "Fun and"),
        ("I <3 you <3", "I love you"),
        ("C# and F#, C++", "C sharp and F sharp, C plus plus"),
        # what only looks like markup
        ("5 < 6 and 7 > 3", "five less than six and seven greater than three"),
        ("x<y and y>z", "x less than y and y greater than z"),
        ("press # or #5", "press hash or number five"),
        ("at 5:30, <3 kg: no", "at five thirty, less than three kilograms: no"),
    ],
)  # fmt: skip
def test_markup_is_silent_and_breaks_are_pauses(written: str, read: str) -> None:
    assert normalise(written, "en-us") == read


@pytest.mark.parametrize("language", ["de", "ja", "xx"])
def test_markup_is_silent_in_every_language(language: str) -> None:
    assert normalise("## **Ja** &amp; <b>du</b>[.](x) :)", language) == "**Ja** & du."


def test_headings_quotations_and_rows_are_sentences() -> None:
    text = "# Big title\nSome text\ngoes on.\n## Next\n> A quote\n> goes on.\n\n| a | b |\n| c | d |\n5 > 3"
    assert split_sentences(text) == [
        "# Big title",
        "Some text goes on.",
        "## Next",
        "A quote goes on.",
        "| a | b |",
        "| c | d | 5 > 3",
    ]


@pytest.mark.parametrize("text", ["Plain: it's 3.5 km; no markup at all. #5", "{h ə}", "[1] [a] (b) x[0] <y> f(x)"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert plain(text) == text
