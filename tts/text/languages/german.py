"""German as it is read aloud."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import ClassVar

from babel.dates import format_skeleton

from tts.text.languages.reader import Reader

DETERMINERS = r"(?i:am|im|vom|zum|zur|bis|dem|den|des|beim|seit|ab|der|die|das|diese[rnsm]?|jede[rnsm]?)"
WEAK = r"(?i:am|im|vom|zum|zur|bis|dem|den|des|beim|seit|ab)"
"""After these an ordinal ends in -n."""
EARLIER_WEAK = re.compile(rf"{WEAK}\s\S+\s(?:und|oder|bis)\s$")
EARLIER = re.compile(r"(?i:\b(?:der|die|das|diese))\s\S+\s(?:und|oder|bis)\s$")
SCORE = re.compile(r"(?<![\w:.,])(\d{1,2}):(\d{1,2})(?![\w:]|[.,]\d|\sUhr)")
TIMES = re.compile(r"(?<=\d)x(?=\s[a-zäöü])")
DETERMINER = re.compile(rf"(?<!\w){DETERMINERS}$")
MONTH = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
OF_RANK = {
    "": "Aufl|Auflage|Klasse|Etage|Liga|Bundesliga|Staffel|Halbzeit",
    "s": "Jh|Jahrhundert|Quartal|Halbjahr|Obergeschoss|OG|Semester|Lebensjahr|Kapitel",
    "r": "FC|FSV|SC|SV|TSV|VfL|Platz|Rang|Stock|Weltkrieg|Spieltag|Geburtstag|Advent",
}
"""Nouns that are rather in an order than the beginning of a sentence, by the ending of an ordinal before them."""
NEUTER, FEMININE = (re.compile(rf"\s+(?:{OF_RANK[ending]})\b") for ending in ("s", ""))
ORDINAL = re.compile(
    rf"(?:(?<!\w)(?P<before>{DETERMINERS})\s+)?(?<![\w.,:-])(?P<digits>\d{{1,3}})\."
    rf"(?=\s+(?:(?P<month>{MONTH})\b|(?P<small>[a-zäöü])|(?P<noun>{'|'.join(OF_RANK.values())})\b|\w)"
    r"|(?P<listed>,\s+\d{1,3}\.))"
)
"""Of a date, after a determiner, in a list, before a small letter or a noun that has a rank: elsewhere a number ends a
sentence."""
LISTED = re.compile(r"\d\.\s(?:und|oder|bis)\s$")
SHORT_DATE = re.compile(r"(?<!\w)((?i:am|vom|zum|bis|den|dem|der|ab|seit))\s+(\d{1,2})\.(\d{1,2})\.(?!\d)")
"""Without a year only after such a word: "Version 1.2." ends a sentence."""
DAYS = re.compile(r"(?<!\w)(\d{1,2}\.)\s?[-–]\s?(?=\d{1,2}\.)")
DAY_NAMES = {
    "Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag", "Sa": "Samstag",
    "So": "Sonntag",
}  # fmt: skip
WEEK = re.compile(rf"\b({'|'.join(DAY_NAMES)})\.?\s?[-–—]\s?({'|'.join(DAY_NAMES)})\b")
NOUN = re.compile(r"\s+[A-ZÄÖÜ]")
FEMININE_NOUN = re.compile(r"\s+[A-ZÄÖÜ]\w*(?:e|ung|heit|keit|schaft|tät|ion)\b")


class German(Reader, language="de"):
    """Ordinals with a full stop, years of hundreds, nouns with a capital."""

    examples: ClassVar = {
        "1.234 Tage, 1,05 m": "eintausendzweihundertvierunddreißig Tage, eins Komma null fünf Meter",
        "0,99 €, -5 €, CHF 25,50": "neunundneunzig Cent, minus fünf Euro, fünfundzwanzig Schweizer Franken fünfzig",
        "120 km/h, -5 °C, 2 m²": "einhundertzwanzig Kilometer pro Stunde, minus fünf Grad Celsius, zwei Quadratmeter",
        "IP 192.168.1.1, Version 2.0.1": "IP 192.168.1.1, Version 2.0.1",
        "1 Hund, 1 Tasse, 1 und 2, 1/2 Liter": "ein Hund, eine Tasse, eins und zwei, ein halb Liter",
        "2,1 Mio. Leute, 1 Mio. Euro": "zwei Komma eins Millionen Leute, eine Million Euro",
        "Am 24.12.2024": "Am vierundzwanzigsten Dezember zweitausendvierundzwanzig",
        "um 14:30 Uhr": "um vierzehn Uhr dreißig",
        "vom 3.-5. Mai": "vom dritten bis fünften Mai",
        "am 24.12. um 8.05 Uhr": "am vierundzwanzigsten Dezember um acht Uhr fünf",
        "Am 24.12. feiern wir": "Am vierundzwanzigsten Dezember feiern wir",
        "1., 2. und 3. Platz": "erster, zweiter und dritter Platz",
        "2/3, ⅓, 3×4, 5 ± 1": "zwei Drittel, ein Drittel, drei mal vier, fünf plus minus eins",
        "€5 Mio., € 3,5 Mrd.": "fünf Millionen Euro, drei Komma fünf Milliarden Euro.",
        "Dr. med. Ott, 2. Aufl. 1 Pck. Mehl": "Doktor med Ott, zweite Auflage ein Päckchen Mehl",
        "Mo-Fr": "Montag bis Freitag",
        "Der 1. FC Köln gewann 3:2": "Der erste FC Köln gewann drei zu zwei",
        "der 1. und 2. Mai, 3x täglich, 2x3": "der erste und zweite Mai, drei Mal täglich, zwei mal drei",
        "S. 12 ff. und S. 5 f. dort": "Seite zwölf folgende und Seite fünf folgende dort",
        "No. 3": "Nummer drei",
        "+49 (0)170 1234567": "+neunundvierzig, null, eins sieben null, eins zwei drei vier fünf sechs sieben",
        "Der 3. Platz. Im 19. Jahrhundert.": "Der dritte Platz. Im neunzehnten Jahrhundert.",
        "3. Mai 1989. Er ist 12. Sie nicht": "dritter Mai neunzehnhundertneunundachtzig. Er ist zwölf. Sie nicht",
        "1939-1945": "neunzehnhundertneununddreißig bis neunzehnhundertfünfundvierzig",
        "9-18 Uhr, 10-20 €, 3-2": "neun bis achtzehn Uhr, zehn bis zwanzig Euro, drei – zwei",
        "0800 123 456": "null acht null null, eins zwei drei, vier fünf sechs",
        "+49 30 123456.": "+neunundvierzig, dreißig, eins zwei drei vier fünf sechs.",
        "Ludwig XIV. war, der II. Weltkrieg": "Ludwig der Vierzehnte war, der Zweite Weltkrieg",
        "Kapitel IV": "Kapitel vier",
        "Dr. Ott, z. B. hier, z.B. da": "Doktor Ott, zum Beispiel hier, zum Beispiel da",
        "Hauptstr. 5, Äpfel usw.": "Hauptstraße fünf, Äpfel und so weiter.",
        "Das ist Max. Er kam, max. 5 Tage": "Das ist Max. Er kam, maximal fünf Tage",
    }
    fractions: ClassVar = {
        "1/2": "ein halb", "1/3": "ein Drittel", "2/3": "zwei Drittel", "1/4": "ein Viertel", "3/4": "drei Viertel",
        "1/5": "ein Fünftel", "2/5": "zwei Fünftel", "3/5": "drei Fünftel", "4/5": "vier Fünftel",
        "1/8": "ein Achtel", "3/8": "drei Achtel", "5/8": "fünf Achtel",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "z. Zt.": "zurzeit",
        "MwSt.": "Mehrwertsteuer", "z. B.": "zum Beispiel", "d. h.": "das heißt", "u. a.": "unter anderem",
        "v. a.": "vor allem", "u. Ä.": "und Ähnliches.", "o. Ä.": "oder Ähnliches.", "usw.": "und so weiter.",
        "usf.": "und so fort.", "etc.": "et cetera.", "bzw.": "beziehungsweise", "bspw.": "beispielsweise",
        "ca.": "circa", "vgl.": "vergleiche", "ggf.": "gegebenenfalls", "evtl.": "eventuell", "inkl.": "inklusive",
        "exkl.": "exklusive", "zzgl.": "zuzüglich", "sog.": "sogenannte", "i. d. R.": "in der Regel",
        "s. o.": "siehe oben.", "s. u.": "siehe unten.", "z. T.": "zum Teil", "z. Z.": "zurzeit",
        "u. U.": "unter Umständen", "m. E.": "meines Erachtens", "i. A.": "im Auftrag", "e. V.": "e V.",
        "geb.": "geboren", "gest.": "gestorben", "Dr.": "Doktor", "Prof.": "Professor",
        "Dipl.-Ing.": "Diplomingenieur", "Hr.": "Herr", "Hrn.": "Herrn", "Fr. A": "Frau", "St. A": "Sankt",
        "Nr.": "Nummer", "No. #": "Nummer", "Dr. med.": "Doktor med", "Dr. rer. nat.": "Doktor rer nat",
        "Dr. phil.": "Doktor phil", "Dr. jur.": "Doktor jur", "Dr. h. c.": "Doktor h c", "# Pck.": "Päckchen",
        "# Stk.": "Stück", "Str.": "Straße", "-str.": "straße", "Abs.": "Absatz", "Art. #": "Artikel", "Bd.": "Band",
        "# f.": "folgende.", "# ff.": "folgende.",
        "Kap.": "Kapitel", "S. #": "Seite", "Abb.": "Abbildung", "Aufl.": "Auflage", "Hrsg.": "Herausgeber",
        "Jh.": "Jahrhundert", "Mio.": "Millionen", "Mrd.": "Milliarden", "Tsd.": "Tausend", "Std.": "Stunden",
        "# Min.": "Minuten", "# Sek.": "Sekunden", "v. Chr.": "vor Christus.", "n. Chr.": "nach Christus.",
        "Tel.": "Telefon", "max. #": "maximal", "mind.": "mindestens", "min. #": "mindestens", "Fa.": "Firma",
        "Co.": "Co", "Hbf.": "Hauptbahnhof.", "lt.": "laut", "gem.": "gemäß", "Jan.": "Januar", "Feb.": "Februar",
        "Apr.": "April", "Aug.": "August", "Sept.": "September", "Okt.": "Oktober", "Nov.": "November",
        "Dez.": "Dezember",
    }  # fmt: skip
    years_of_hundreds = True
    nouns_are_capital = True
    to = "bis"
    minus = "minus"
    clock = ("{h} Uhr {m}", "{h} Uhr")
    hour = "Uhr|h"
    dot = "Punkt"
    at = "ät"
    slash = "Schrägstrich"

    def held_stops(self, text: str) -> Iterator[int]:
        yield from super().held_stops(text)
        yield from (match.end() - 1 for match in ORDINAL.finditer(text) if _is_ordinal(match))
        for match in SHORT_DATE.finditer(text):
            yield from (match.start(3) - 1, match.end() - 1)

    def dates(self, text: str) -> str:
        return SHORT_DATE.sub(self._short_date, super().dates(text))

    def _short_date(self, match: re.Match[str]) -> str:
        try:
            when = datetime.date(2000, int(match[3]), int(match[2]))
        except ValueError:
            return match[0]
        ends = "" if match.string[match.end() :].strip() else "."
        return f"{match[1]} {format_skeleton('MMMMd', when, locale=self.locale)}{ends}"

    def times(self, text: str) -> str:
        return SCORE.sub(r"\1 zu \2", TIMES.sub(" Mal", super().times(text)))

    def ordinals(self, text: str) -> str:
        text = WEEK.sub(lambda match: f"{DAY_NAMES[match[1]]} bis {DAY_NAMES[match[2]]}", text)
        return ORDINAL.sub(self._ordinal, DAYS.sub(r"\1 bis ", text))

    def _ordinal(self, match: re.Match[str]) -> str:
        said = self.say(match["digits"], to="ordinal") if _is_ordinal(match) else None
        if said is None:
            return match[0]
        before = match["before"]
        if before:
            return f"{before} {said}{'n' if re.fullmatch(WEAK, before) else ''}"
        if EARLIER_WEAK.search(match.string[: match.start()]):
            return said + "n"
        after = match.string[match.end() :]
        if EARLIER.search(match.string[: match.start()]):
            return said
        return said + ("s" if NEUTER.match(after) else "" if FEMININE.match(after) else "r")

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """Ludwig XIV. war, Kapitel XIV."""
        if not (stop and after.strip()):
            return self.cardinal(value) + stop
        determined = DETERMINER.search(before.rstrip())
        ending = "n" if determined and re.fullmatch(WEAK, determined[0]) else ""
        return ("" if determined else "der ") + self.ordinal(value).capitalize() + ending

    def counting(self, said: str, value: int, after: str) -> str:
        if value == 1 and NOUN.match(after):
            return "eine" if FEMININE_NOUN.match(after) else "ein"
        return said


def _is_ordinal(match: re.Match[str]) -> bool:
    known = match["before"] or match["month"] or match["small"] or match["noun"] or match["listed"]
    return bool(known or LISTED.search(match.string[max(0, match.start() - 10) : match.start()]))
