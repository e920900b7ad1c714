import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It cost $3.50.", "It cost three dollars and fifty cents."),
        ("£5m", "five million pounds"),
        ("€1,200.99", "one thousand two hundred euros and ninety-nine cents"),
        ("$1 or $0.05", "one dollar or five cents"),
        ("$007, £0.00 and $3.500", "seven dollars, zero pounds and three dollars and fifty cents"),
        ("$3.505 or -$0.5", "three point five zero five dollars or minus fifty cents"),
        ("Nov. 24, 2026", "November twenty-fourth, twenty twenty-six"),
        ("24/12/2025", "December twenty-fourth, twenty twenty-five"),
        ("2026-11-24", "November twenty-fourth, twenty twenty-six"),
        ("1984, 2005 and the 1990s", "nineteen eighty-four, two thousand and five and the nineteen nineties"),
        ("10:45 pm, 17:05", "ten forty-five PM, seventeen oh five"),
        ("We ate at 7 p.m. Then we left.", "We ate at seven PM. Then we left."),
        ("5 km, 3.2 GHz, 20°C", "five kilometres, three point two gigahertz, twenty degrees Celsius"),
        ("1/2 and 2 3/4", "one half and two and three quarters"),
        ("555-123-4567", "five five five, one two three, four five six seven"),
        ("Henry VIII saw Mary I think", "Henry the eighth saw Mary I think"),
        ("Dr. Smith of Elm St. met St. Paul", "Doctor Smith of Elm Street met Saint Paul"),
        ("e.g. cats, dogs, etc.", "for example, cats, dogs, et cetera."),
        ("No. 5 vs. #6", "number five versus number six"),
        ("10–12 of 3-4", "ten to twelve of three to four"),
        ("A & B = 50%", "A and B equals fifty percent"),
        ("https://www.example.com/a", "W W W dot example dot com slash a"),
        ("bob@mail.org", "bob at mail dot org"),
        ("the 21st of 1,234", "the twenty-first of one thousand two hundred and thirty-four"),
        ("J. R. Smith of the U.S.A. won", "J R Smith of the U.S.A won"),
        ("agent 007, -3.14", "agent zero zero seven, minus three point one four"),
        ("MP3 for TTS", "MP three for TTS"),
        ("“Wait”\u200b…  it’s--fine", '"Wait"… it\'s — fine'),
    ],
)  # fmt: skip
def test_english_is_read_as_people_read_it(written: str, read: str) -> None:
    assert normalise(written, "en-us") == read


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("fr-fr", "Il a 21 ans et 3,5 kg", "Il a vingt et un ans et trois virgule cinq kg"),
        ("fr-fr", "le 1er jour, 5€", "le premier jour, cinq euros"),
        ("de", "1.234 Tage", "eintausendzweihundertvierunddreißig Tage"),
        ("it", "-5 gradi", "meno cinque gradi"),
        ("xx", "abc 12", "abc 12"),
        ("am", "x 1234567 y", "x 1234567 y"),
    ],
)
def test_other_languages_read_their_numbers(language: str, written: str, read: str) -> None:
    assert normalise(written, language) == read


@given(st.lists(st.from_regex(r"[a-z]{1,9}[,;:.!?]?", fullmatch=True), min_size=1, max_size=12).map(" ".join))
def test_idempotent_on_plain_text(text: str) -> None:
    once = normalise(text, "en-us")
    assert normalise(once, "en-us") == once


@pytest.mark.parametrize(
    ("language", "written"), [("en", "$" + "9" * 4400), ("es", "9" * 15 + "º"), ("fr", "9" * 4400 + "e")]
)
def test_numbers_too_large_for_num2words_do_not_raise(language: str, written: str) -> None:
    assert normalise(written, language)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60) | st.text("0123456789.,:/-$€%° IVXstamp'()\"@#", max_size=40),
    st.sampled_from(["en-us", "fr-fr", "es", "am", "ru", "ja", "xx"]),
)
def test_never_raises(text: str, language: str) -> None:
    read = normalise(text, language)
    assert read == read.strip()
    if language == "en-us":
        assert not any(c in "0123456789" for c in read)
