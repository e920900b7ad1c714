# ruff: noqa: E501 (what is read stands beside what is written)
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
        ("Node.js reads setup.py", "Node dot js reads setup dot py"),
        ("oﬃce ＡＢ Nguyễn", "office AB Nguyen"),
    ],
)  # fmt: skip
def test_english_is_read_as_people_read_it(written: str, read: str) -> None:
    assert normalise(written, "en-us") == read


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        # numbers, money, units
        (
            "fr-fr",
            "Il a 21 ans et 3,50 kg, 1 234,56 €, 12€50",
            "Il a vingt et un ans et trois virgule cinquante kilogrammes, mille deux cent trente-quatre euros cinquante-six centimes, douze euros cinquante centimes",
        ),
        (
            "de",
            "1.234 Tage, 1,05 m, 0,99 €, -5 €, CHF 25,50",
            "eintausendzweihundertvierunddreißig Tage, eins Komma null fünf Meter, neunundneunzig Cent, minus fünf Euro, fünfundzwanzig Schweizer Franken fünfzig",
        ),
        (
            "de",
            "120 km/h, -5 °C, 2 m², IP 192.168.1.1, Version 2.0.1",
            "einhundertzwanzig Kilometer pro Stunde, minus fünf Grad Celsius, zwei Quadratmeter, IP 192.168.1.1, Version 2.0.1",
        ),
        (
            "de",
            "1 Hund, 1 Tasse, 1 und 2, 2,1 Mio. Leute, 1 Mio. Euro, 1/2 Liter",
            "ein Hund, eine Tasse, eins und zwei, zwei Komma eins Millionen Leute, eine Million Euro, ein halb Liter",
        ),
        (
            "es",
            "2,3 %, 1 perro, 21 casas, 21.000, 25 m",
            "dos coma tres %, un perro, veintiuna casas, veintiún mil, veinticinco metros",
        ),
        (
            "it",
            "-5 gradi, 20°C, 90°, il 3° posto, 1 milione",
            "meno cinque gradi, venti gradi Celsius, novanta gradi, il terzo posto, un milione",
        ),
        (
            "pt-br",
            "R$ 20,50, 19,99 €, 1 gata",
            "vinte reais e cinquenta centavos, dezenove euros noventa e nove, uma gata",
        ),
        ("nl", "€ 20,-, 5 km/u, 3 l", "twintig euro, vijf kilometer per uur, drie liter"),
        ("pl", "-5 °C, 20 zł, 5 mln zł", "minus pięć stopni Celsjusza, dwadzieścia złotych, pięć milionów złotych"),
        ("ru", "5 км, 100 руб., № 5, 1-й и 3-я", "пять километров, сто рублей, номер пять, первый и третья"),
        ("cs", "5 km, -5, 24.12.2024", "pět kilometrů, mínus pět, dvacet čtyři prosince dva tisíce dvacet čtyři"),
        ("ja", "3.5 km", "三点五 キロメートル"),
        # dates, times, years
        (
            "de",
            "Am 24.12.2024 um 14:30 Uhr, vom 3.-5. Mai, am 24.12. um 8.05 Uhr",
            "Am vierundzwanzigsten Dezember zweitausendvierundzwanzig um vierzehn Uhr dreißig, vom dritten bis fünften Mai, am vierundzwanzigsten Dezember um acht Uhr fünf",
        ),
        (
            "de",
            "Der 3. Platz. Im 19. Jahrhundert. 3. Mai 1989. Er ist 12. Sie nicht",
            "Der dritte Platz. Im neunzehnten Jahrhundert. dritter Mai neunzehnhundertneunundachtzig. Er ist zwölf. Sie nicht",
        ),
        (
            "fr-fr",
            "le 24/12/2024 à 14h30, 9h, 21h, 1h05",
            "le vingt-quatre décembre deux mille vingt-quatre à quatorze heures trente, neuf heures, vingt et une heures, une heure cinq",
        ),
        (
            "es",
            "el 24/12/2024 a las 14:30, 18:00 h",
            "el veinticuatro de diciembre de dos mil veinticuatro a las catorce y treinta, dieciocho horas",
        ),
        ("it", "alle ore 14.30, il 01/02/2023", "alle ore quattordici e trenta, il primo febbraio duemilaventitre"),
        ("nl", "van 9.00 tot 18.00 uur in 1989", "van negen uur tot achttien uur in negentien honderd negenentachtig"),
        ("pl", "24.12.2024 r.", "dwudziesty czwarty grudnia dwa tysiące dwadzieścia cztery roku."),
        (
            "ru",
            "24.12.2024 в 14:30",
            "двадцать четвёртое декабря две тысячи двадцать четыре года в четырнадцать тридцать",
        ),
        ("sv", "2024-12-24", "tjugofyra december tvåtusentjugofyra"),
        # ranges, scores, telephones
        (
            "de",
            "1939-1945, 9-18 Uhr, 10-20 €, 3-2",
            "neunzehnhundertneununddreißig bis neunzehnhundertfünfundvierzig, neun bis achtzehn Uhr, zehn bis zwanzig Euro, drei – zwei",
        ),
        (
            "de",
            "0800 123 456, +49 30 123456.",
            "null acht null null, eins zwei drei, vier fünf sechs, +neunundvierzig, dreißig, eins zwei drei vier fünf sechs.",
        ),
        (
            "fr-fr",
            "01 23 45 67 89 ou 01.23.45.67.89",
            "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf ou zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
        ),
        ("es", "91 234 56 78", "noventa y uno doscientos treinta y cuatro cincuenta y seis setenta y ocho"),
        # ordinals and numerals
        (
            "fr-fr",
            "le 1er jour, la 1re fois, XIXe siècle, François Ier, Louis XIV",
            "le premier jour, la première fois, dix-neuvième siècle, François premier, Louis quatorze",
        ),
        ("es", "1.ª vez, 3.er piso, siglo XX, Felipe VI", "primera vez, tercer piso, siglo veinte, Felipe sexto"),
        (
            "de",
            "Ludwig XIV. war, der II. Weltkrieg, Kapitel IV",
            "Ludwig der Vierzehnte war, der Zweite Weltkrieg, Kapitel vier",
        ),
        # abbreviations, addresses, marks
        (
            "de",
            "Dr. Ott, z. B. hier, z.B. da, Hauptstr. 5, Äpfel usw.",
            "Doktor Ott, zum Beispiel hier, zum Beispiel da, Hauptstraße fünf, Äpfel und so weiter.",
        ),
        ("fr-fr", "M. Dupont, n°5, l'« ami », etc. Puis", "monsieur Dupont, numéro cinq, l'ami \", et cetera. Puis"),
        ("es", "EE. UU. es, p. ej. a, info@a.es", "Estados Unidos es, por ejemplo a, info arroba a punto es"),
        ("ru", "т. е. и т. д.", "то есть и так далее."),
        ("el", "τι; ναι", "τι? ναι"),
        # what only looks like an abbreviation
        ("de", "Das ist Max. Er kam, max. 5 Tage", "Das ist Max. Er kam, maximal fünf Tage"),
        ("pl", "Ok. Idziemy, ok. 5", "Ok. Idziemy, około pięć"),
        ("fr-fr", "30 min. Puis 20 max. et min. 5", "trente minutes. Puis vingt maximum et minimum cinq"),
        ("ru", "5 см. Потом", "пять сантиметров. Потом"),
        ("xx", "abc 12", "abc 12"),
        ("am", "x 1234567 y", "x 1234567 y"),
    ],
)
def test_other_languages_are_read_as_people_read_them(language: str, written: str, read: str) -> None:
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
