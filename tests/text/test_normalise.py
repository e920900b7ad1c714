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
        ("2m votes, 5m wide, 401k", "two million votes, five metres wide, four oh one k"),
        # units
        ("a 20-ft wall, a $100 bill, 8 oz. cheese", "a twenty foot wall, a one hundred dollar bill, eight ounces cheese"),
        ("$15/hour, $9/year, 5 mg/kg, 3h 25m", "fifteen dollars per hour, nine dollars per year, five milligrams per kilogram, three hours twenty-five minutes"),
        ("a 27\" monitor, 10' x 12'", "a twenty-seven inch monitor, ten by twelve foot"),
        ("½ tsp., 1/2tsp, 3/4cup, 1½ hrs, 3/4 km; 1/4 oz", "one half teaspoon, one half teaspoon, three quarters cup, one and a half hours, three quarters of a kilometre; one quarter ounce"),
        ("200g/7oz, 5 yrs old, 3 mos, 30 psi, 400 ppm, 5‰", "two hundred grams, seven ounces, five years old, three months, thirty pounds per square inch, four hundred parts per million, five per mille"),
        ("9.8 m/s^2, 12\" x 10\", 4' or 12\"", "nine point eight metres per second squared, twelve by ten inch, four feet or twelve inches"),
        ('He said "take 5" and \'take 6\'. A 7" tile', 'He said "take five" and \'take six\'. A seven inch tile'),
        ('"Take 5" he said', '"Take five" he said'),
        ("A$7m, Rs. 500, 99¢, $.50", "seven million Australian dollars, five hundred rupees, ninety-nine cents, fifty cents"),
        # money as others write it
        ("It costs 5$, a 20$ bill, 100 US$, 20k€", "It costs five dollars, a twenty dollar bill, one hundred dollars, twenty thousand euros"),
        ("3,50 €, €12,99, 1.234,56 €, R$5", "three euros and fifty cents, twelve euros and ninety-nine cents, one thousand two hundred and thirty-four euros and fifty-six cents, five reais"),
        ("two $20s in a stack of $100s", "two twenties in a stack of hundreds"),
        ("₽500 ₺5 ₫5 ₪5 ₿1 ₴5 ₩1,234 ₱5 ₦5, 500₽", "five hundred rubles five lira five dong five shekels one bitcoin five hryvnias one thousand two hundred and thirty-four won five pesos five naira, five hundred rubles"),
        ("0.5 ₿, GBP/USD 1.27", "zero point five bitcoins, GBP USD one point two seven"),
        # numbers in groups
        ("₹1,00,000, Rs 1,50,000, 12,34,567", "one lakh rupees, one lakh fifty thousand rupees, twelve lakh thirty-four thousand five hundred and sixty-seven"),
        ("10 000 people, 1\u202f500\u202f000, $10\u00a0000", "ten thousand people, one million five hundred thousand, ten thousand dollars"),
        ("between 20 000 and 30 000, 1 234,56 €", "between twenty thousand and thirty thousand, one thousand two hundred and thirty-four euros and fifty-six cents"),
        ("pages 10 100 and in 2020 500 people", "pages ten one hundred and in twenty twenty five hundred people"),
        # fractions and sums
        ("9/11, 20/20, 120/80, 2/3rds, 1-1/2", "nine eleven, twenty twenty, one hundred and twenty over eighty, two thirds, one and one half"),
        ("5×4 = 20, 10 - 3 = 7, 10⁻³, 5 x 4", "five times four equals twenty, ten minus three equals seven, ten to the power of minus three, five by four"),
        ("x = (-b ± √(b² - 4ac)) / 2a", "x equals (minus b plus or minus root (b squared minus four a c)) over two a"),
        ("3x - 5, b²-4ac, n-1, r = -.45", "three x minus five, b squared minus four a c, n minus one, r equals minus point four five"),
        ("f(-x) = -f(x), y = 2 − a", "f(minus x) equals minus f(x), y equals two minus a"),
        ("8/2=4, 8 / 2 = 4, 1/2 = 0.5", "eight divided by two equals four, eight divided by two equals four, one half equals zero point five"),
        # dashes that are none of a sum
        ("I came - he left. Chapter 5 - The sea. Plan B - a risk", "I came — he left. Chapter five — The sea. Plan B — a risk"),
        ("100 m² - 3 beds. A = 90 - 100, the x-axis", "one hundred square metres — three beds. A equals ninety to one hundred, the x-axis"),
        ("python -X dev seed=3", "python -X dev seed equals three"),
        # ratings
        ("8/10. I gave it a 4/5, a 7/10 film", "eight out of ten. I gave it a four out of five, a seven out of ten film"),
        ("4/5 stars, 3.5/5, scored 3/4", "four out of five stars, three point five out of five, scored three out of four"),
        ("3/10 of a mile, 2/5 cup, add 1/5", "three tenths of a mile, two fifths cup, add one fifth"),
        # titles, streets, initials and what ends a sentence
        ("Mr. and Mrs. Jones met Dr. and Mrs. Smith. Ask your Dr. now", "Mister and Missus Jones met Doctor and Missus Smith. Ask your Doctor now"),
        ("He lives on Oak Dr. He left the U.S. In 1990 it was Plan B. It worked", "He lives on Oak Drive. He left the U.S. In nineteen ninety it was Plan B. It worked"),
        ("She has a Ph.D. in Roe v. Wade.", "She has a PhD in Roe versus Wade."),
        ("on 42nd St and 5th Ave in town, 5th St NW, 5th Ave. N; Rodeo Dr; Elm", "on forty-second Street and fifth Avenue in town, fifth Street NW, fifth avenue N; Rodeo Drive; Elm"),
        ("on 42nd St. The first St. Patrick's Day. Ask the Dr. He left", "on forty-second Street. The first Saint Patrick's Day. Ask the Doctor. He left"),
        ("Mr.Smith went to D.C.on Monday. I.e. this", "Mister Smith went to D.C on Monday. that is, this"),
        ("Ste. 5, Rm. 101, Bldg. 3, Fl. 2, qty. 5, avg. 4, ch. IV", "suite five, room one hundred and one, building three, floor two, quantity five, average four, chapter four"),
        ("Drs. Smith and Profs. Li read J. R. R. Tolkien at Pt. Reyes", "Doctors Smith and Professors Li read J R R Tolkien at Point Reyes"),
        ("ca. 1650, ext. 5, Hwy. 9", "circa sixteen fifty, extension five, highway nine"),
        # numerals
        ("Henry VIII's, Rocky IV, the XIX century, World War I began, an IV", "Henry the eighth's, Rocky four, the nineteenth century, World War one began, an I.V"),
        ("John D. Rockefeller III, Star Wars III, Pope Leo XIV", "John D Rockefeller the third, Star Wars three, Pope Leo the fourteenth"),
        ("1200 kilograms, 1500 dollars, 1500 Dutchmen", "one thousand two hundred kilograms, one thousand five hundred dollars, fifteen hundred Dutchmen"),
        # models
        ("Airbus A320-200, a GTX 1080 for 720p and 4K, pages 700-800", "Airbus A three twenty two hundred, a GTX ten eighty for seven twenty p and four K, pages seven hundred to eight hundred"),
        # digit by digit
        ("Call 911, NY 10001, 020 7946 0958", "Call nine one one, NY one zero zero zero one, zero two zero, seven nine four six, zero nine five eight"),
        ("+33 1 23 45 67 89, 850 1234 5678, 8005550199", "plus three three, one, two three, four five, six seven, eight nine, eight five zero, one two three four, five six seven eight, eight zero zero five five five zero one nine nine"),
        ("ISBN 9783161484100, OTP 4829", "ISBN nine seven eight three one six one four eight four one zero zero, OTP four eight two nine"),
        ("10000000000 stars, $12000000000, 64010-64016", "ten billion stars, twelve billion dollars, sixty-four thousand and ten to sixty-four thousand and sixteen"),
        ("the code is 2000 lines long, 10-20-30", "the code is two thousand lines long, ten-twenty-thirty"),
        # dates and times as computers and races have them
        ("2024-01-15 10:30:00, 31-12-2023, 15-Jan-24", "January fifteenth, twenty twenty-four at ten thirty, December thirty-first, twenty twenty-three, January fifteenth, twenty twenty-four"),
        ("He ran 2:01:09 and began at 2:01:09 pm. It was 9:30h", "He ran two hours one minute nine seconds and began at two oh one and nine seconds PM. It was nine thirty"),
        ("Q1 - Q3, May 20 people come, on May 20 it ends", "Q one to Q three, May twenty people come, on May twentieth it ends"),
        # capitals, names of files, ligatures
        ("TAKE IT TO DR. SMITH", "TAKE it TO Doctor SMITH"),
        ("LET US GO HOME", "LET us GO HOME"),
        ("MCMC and MIMIC, an A- or B-road, plan A- we go", "MCMC and MIMIC, an A- or B-road, plan A- we go"),
        ("in MMXXIV a B- student got an A+, 2x faster", "in twenty twenty-four a B minus student got an A plus, two times faster"),
        ("COME HOME WITH US! THE US ARMY", "COME HOME WITH us! THE US ARMY"),
        ("TALKS WITH US BREAK DOWN", "TALKS WITH US BREAK DOWN"),
        ("oﬃce ＡＢ Nguyễn", "office AB Nguyen"),
        ("Chapter Ⅳ: ① 5㎏ at 20℃, № 7", "Chapter four: one five kilograms at twenty degrees Celsius, number seven"),
        ("𝖇𝖚𝖎𝖑𝖉 𝖎𝖙 𝓗𝓮𝓵𝓵𝓸 𝟛", "build it Hello three"),
        ("5 m², 10³, ½", "five square metres, ten cubed, one half"),
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
        ("sv", "2024-12-24", "tjugofjärde december tvåtusentjugofyra"),
        ("de", "① 5㎏ bei 20℃", "eins fünf Kilogramm bei zwanzig Grad Celsius"),
        ("ru", "№ 5", "номер пять"),
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
    ("language", "written", "read"),
    [
        ("sv", "den 3 oktober kl. 14.30", "den tredje oktober klockan fjorton trettio"),
        ("sv", "3,50 kr, 20 kr. per dag, 2x3", "tre kronor femtio, tjugo kronor per dag, två gånger tre"),
        ("da", "Det koster 3,50 kr. eller 5 mio. kr.", "Det koster tre kroner halvtreds eller fem millioner kr."),
        ("nb", "1,5 mill. kl. 14.00", "en komma fem millioner klokken fjorten"),
        ("tr", "%20, 3,50 TL", "yüzde yirmi, üç lira elli"),
        ("id", "Rp3.500, pukul 14.30", "tiga ribu lima ratus rupiah, pukul empat belas tiga puluh"),
        ("ro", "3,50 lei", "trei lei cincizeci"),
        ("ro", "Costă trei lei. 5 oameni", "Costă trei lei. cinci oameni"),
        ("da", "kr. 50", "halvtreds kroner"),
        ("vi", "3.500 đ", "ba nghìn năm trăm đồng"),
        ("el", "π.χ. εδώ", "παραδείγματος χάρη εδώ"),
    ],
)
def test_amounts_and_times_as_one_language_writes_them(language: str, written: str, read: str) -> None:
    assert normalise(written, language) == read


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
