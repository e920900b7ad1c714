# ruff: noqa: E501 (what is read stands beside what is written)
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("€1,200.99", "one thousand two hundred euros and ninety-nine cents"),
        ("$1 or $0.05", "one dollar or five cents"),
        ("$007, £0.00 and $3.500", "seven dollars, zero pounds and three dollars and fifty cents"),
        ("$3.505 or -$0.5", "three point five zero five dollars or minus fifty cents"),
        ("Nov. 24, 2026", "November twenty-fourth, twenty twenty-six"),
        ("1984, 2005 and the 1990s", "nineteen eighty-four, two thousand and five and the nineteen nineties"),
        ("5 km, 3.2 GHz, 20°C", "five kilometres, three point two gigahertz, twenty degrees Celsius"),
        ("1/2 and 2 3/4", "one half and two and three quarters"),
        ("Henry VIII saw Mary I think", "Henry the eighth saw Mary I think"),
        ("e.g. cats, dogs, etc.", "for example, cats, dogs, et cetera."),
        ("10–12 of 3-4", "ten to twelve of three to four"),
        ("A & B = 50%", "A and B equals fifty percent"),
        ("the 21st of 1,234", "the twenty-first of one thousand two hundred and thirty-four"),
        ("J. R. Smith of the U.S.A. won", "J R Smith of the U.S.A won"),
        ("agent 007, -3.14", "agent zero zero seven, minus three point one four"),
        ("MP3 for TTS", "MP three for TTS"),
        ("“Wait”\u200b…  it’s--fine", '"Wait"… it\'s — fine'),
        # signs and ranges
        ("It fell -0.5% at –7°C, .5% up", "It fell minus zero point five percent at minus seven degrees Celsius, point five percent up"),
        ("$10-20 million, £3,000–£5,000, 10%-15%", "ten to twenty million dollars, three thousand to five thousand pounds, ten percent to fifteen percent"),
        ("9am-5pm, 3–5 p.m., 9:00-17:00", "nine AM to five PM, three to five PM, nine o'clock to seventeen hundred hours"),
        ("March 4-6 or 4–6 March 2024, Mon-Fri.", "March fourth to sixth or the fourth to the sixth of March, twenty twenty-four, Monday to Friday."),
        ("John 3:16-18 and odds of 3:1", "John three sixteen to eighteen and odds of three to one"),
        # letters that are no units
        ("221B Baker St, Apt. 4B, in 500 B.C. or 2020 J. Smith", "two hundred and twenty-one B Baker Street, apartment four B, in five hundred B.C or twenty twenty J. Smith"),
        ("F-16s, two 6s, the mid-1980s", "F-sixteens, two sixes, the mid-nineteen eighties"),
        ("2m votes, 5m wide, 401k", "two million votes, five metres wide, four hundred and one k"),
        # units
        ("a 20-ft wall, a $100 bill, 8 oz. cheese", "a twenty foot wall, a one hundred dollar bill, eight ounces cheese"),
        ("$15/hour, $9/year, 5 mg/kg, 3h 25m", "fifteen dollars per hour, nine dollars per year, five milligrams per kilogram, three hours twenty-five minutes"),
        ("a 27\" monitor, 10' x 12'", "a twenty-seven inch monitor, ten by twelve foot"),
        ('"Take 5" he said', '"Take five" he said'),
        ("A$7m, Rs. 500, 99¢, $.50", "seven million Australian dollars, five hundred rupees, ninety-nine cents, fifty cents"),
        # fractions and sums
        ("9/11, 20/20, 120/80, 2/3rds, 1-1/2", "nine eleven, twenty twenty, one hundred and twenty over eighty, two thirds, one and one half"),
        ("5×4 = 20, 10 - 3 = 7, 10⁻³, 5 x 4", "five times four equals twenty, ten minus three equals seven, ten to the power of minus three, five by four"),
        # titles, streets, initials and what ends a sentence
        ("Mr. and Mrs. Jones met Dr. and Mrs. Smith. Ask your Dr. now", "Mister and Missus Jones met Doctor and Missus Smith. Ask your Doctor now"),
        ("He lives on Oak Dr. He left the U.S. In 1990 it was Plan B. It worked", "He lives on Oak Drive. He left the U.S. In nineteen ninety it was Plan B. It worked"),
        ("She has a Ph.D. in Roe v. Wade.", "She has a PhD in Roe versus Wade."),
        ("ca. 1650, ext. 5, Hwy. 9", "circa sixteen fifty, extension five, highway nine"),
        # numerals
        ("Henry VIII's, Rocky IV, the XIX century, World War I began, an IV", "Henry the eighth's, Rocky four, the nineteenth century, World War one began, an I.V"),
        # digit by digit
        ("Call 911, NY 10001, 020 7946 0958", "Call nine one one, NY one zero zero zero one, zero two zero, seven nine four six, zero nine five eight"),
        # capitals, names of files, ligatures
        ("TAKE IT TO DR. SMITH", "TAKE it TO Doctor SMITH"),
        ("oﬃce ＡＢ Nguyễn", "office AB Nguyen"),
    ],
)  # fmt: skip
def test_english_rules_together_read_as_people_do(written: str, read: str) -> None:
    assert normalise(written, "en-us") == read


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        (
            "pt-br",
            "R$ 20,50, 19,99 €, 1 gata",
            "vinte reais e cinquenta centavos, dezenove euros noventa e nove, uma gata",
        ),
        # numbers, units and dates of languages without a reader of their own
        ("cs", "5 km, -5, 24.12.2024", "pět kilometrů, mínus pět, dvacátého čtvrtého prosince dva tisíce dvacet čtyři"),
        ("ja", "3.5 km", "3 てん 5 キロメートル"),
        ("sv", "2024-12-24", "tjugofyra december tvåtusentjugofyra"),
        # the sign that their num2words lacks, and decimals that it says in another way
        ("hi", "-5 °C, ₹12", "माइनस 5 डिग्री सेल्सियस, 12 रुपये"),
        ("hi", "₹1,50,000, ₹5 करोड़", "150000 रुपये, 5 करोड़ रुपये"),
        ("tr", "₺5 milyar", "beş milyar lira"),
        ("sw", "-5 °C", "hasi nyuzi 5"),
        ("el", "-5", "μείον 5"),
        ("vi", "-5, 3,50", "âm năm, ba phẩy năm không"),
        ("tr", "3,5 ve 3,50", "üç virgül beş ve üç virgül elli"),
        ("ar", "٣٫٥٪ 3,5", "3 فاصلة 5 بالمئة 3 فاصلة 5"),
        # currencies without words in num2words
        ("tr", "₺50, $5.50", "elli lira, beş dolar elli"),
        ("uk", "₴50", "п'ятдесят гривень"),
        ("he", "₪50", "50 שקלים"),
        ("th", "฿50", "50 บาท"),
        ("fr-fr", "$5 et ₽5", "cinq dollars et cinq roubles russes"),
        ("de", "1,899 €", "eins Komma acht neun neun Euro"),
        # numbers that can be read in one way only, and where both marks are written
        (
            "de",
            "1,234.56 oder 1.234,56",
            "eintausendzweihundertvierunddreißig Komma fünf sechs oder eintausendzweihundertvierunddreißig Komma fünf sechs",
        ),
        (
            "es-419",
            "$1,500, 1.500 pesos, $1,234.56",
            "mil quinientos dólares, mil quinientos pesos, mil doscientos treinta y cuatro dólares cincuenta y seis centavos",
        ),
        ("es-419", "2.5 y 2,5", "dos punto cinco y dos coma cinco"),
        # telephone numbers without spaces, ordinals, abbreviations and addresses
        ("de", "+4917012345", "+vier neun eins sieben null eins zwei drei vier fünf"),
        ("tr", "3. sırada", "üçüncü sırada"),
        ("sv", "1:a, kl. 5, www.ab.se", "första, klockan fem, W W W punkt ab punkt se"),
        ("uk", "вул. Франка", "вулиця Франка"),
        ("sw", "Bw. Ali", "bwana Ali"),
        ("vi", "TP. Huế", "thành phố Huế"),
        ("he", 'ד"ר צה"ל', "דוקטור צהל"),
        # nothing known of the language, or of its numbers
        ("xx", "abc 12", "abc 12"),
        ("am", "x 1234567 y", "x 1234567 y"),
    ],
)
def test_other_languages_are_read_as_far_as_they_are_known(language: str, written: str, read: str) -> None:
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
    st.text(max_size=60) | st.text("0123456789.,:/-$€%° IVXhstamp'()\"@#ºªгк", max_size=40),
    st.sampled_from(["en-us", "fr-fr", "es", "am", "ru", "ja", "xx", "de", "it", "pt-br", "nl", "pl", "cs", "vi"]),
)
def test_never_raises(text: str, language: str) -> None:
    read = normalise(text, language)
    assert read == read.strip()
    if language == "en-us":
        assert not any(c in "0123456789" for c in read)
