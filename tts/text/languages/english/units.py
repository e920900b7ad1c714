"""Units of measurement and percentages in English words."""

from __future__ import annotations

import re

from tts.text.languages.english.fractions import SIGNS, fraction
from tts.text.languages.english.money import SCALES
from tts.text.languages.english.numbers import QUANTITY, cardinal, describes
from tts.text.languages.rule import Rule

UNITS = {
    "km": ("kilometre", "kilometres"), "m": ("metre", "metres"), "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"), "µm": ("micrometre", "micrometres"), "μm": ("micrometre", "micrometres"),
    "nm": ("nanometre", "nanometres"), "mcg": ("microgram", "micrograms"), "µg": ("microgram", "micrograms"),
    "μg": ("microgram", "micrograms"), "tsp": ("teaspoon", "teaspoons"), "Tbsp": ("tablespoon", "tablespoons"),
    "tbsp": ("tablespoon", "tablespoons"), "fl oz": ("fluid ounce", "fluid ounces"), "gal": ("gallon", "gallons"),
    "qt": ("quart", "quarts"), "cl": ("centilitre", "centilitres"), "dl": ("decilitre", "decilitres"),
    "sq ft": ("square foot", "square feet"), "sq mi": ("square mile", "square miles"),
    "sq km": ("square kilometre", "square kilometres"), "Ω": ("ohm", "ohms"), "kΩ": ("kilohm", "kilohms"),
    "mmHg": ("millimetre of mercury", "millimetres of mercury"), "kbps": ("kilobit per second", "kilobits per second"),
    "MB/s": ("megabyte per second", "megabytes per second"), "GB/s": ("gigabyte per second", "gigabytes per second"),
    "km/s": ("kilometre per second", "kilometres per second"),
    "m/s²": ("metre per second squared", "metres per second squared"),
    "mg/kg": ("milligram per kilogram", "milligrams per kilogram"),
    "mg/dL": ("milligram per decilitre", "milligrams per decilitre"),
    "mg/L": ("milligram per litre", "milligrams per litre"), "g/L": ("gram per litre", "grams per litre"),
    "kg/m³": ("kilogram per cubic metre", "kilograms per cubic metre"),
    "g/cm³": ("gram per cubic centimetre", "grams per cubic centimetre"),
    "W/m²": ("watt per square metre", "watts per square metre"), "mi": ("mile", "miles"), "ft": ("foot", "feet"),
    "in": ("inch", "inches"), "yd": ("yard", "yards"), "yds": ("yard", "yards"), "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"), "mg": ("milligram", "milligrams"), "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"), "L": ("litre", "litres"), "l": ("litre", "litres"), "ml": ("millilitre", "millilitres"),
    "mL": ("millilitre", "millilitres"), "km/h": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"), "mph": ("mile per hour", "miles per hour"),
    "m/s": ("metre per second", "metres per second"), "Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"), "GHz": ("gigahertz", "gigahertz"), "dB": ("decibel", "decibels"),
    "V": ("volt", "volts"), "kV": ("kilovolt", "kilovolts"), "W": ("watt", "watts"), "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"), "kWh": ("kilowatt hour", "kilowatt hours"), "mA": ("milliamp", "milliamps"),
    "J": ("joule", "joules"), "s": ("second", "seconds"), "sec": ("second", "seconds"), "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"), "min": ("minute", "minutes"), "mins": ("minute", "minutes"),
    "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "KB": ("kilobyte", "kilobytes"),
    "kB": ("kilobyte", "kilobytes"), "MB": ("megabyte", "megabytes"), "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"), "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"), "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"), "°": ("degree", "degrees"), "Pa": ("pascal", "pascals"),
    "kPa": ("kilopascal", "kilopascals"), "ha": ("hectare", "hectares"),
    "fps": ("frame per second", "frames per second"), "px": ("pixel", "pixels"),
    "kcal": ("kilocalorie", "kilocalories"), "cal": ("calorie", "calories"), "m²": ("square metre", "square metres"),
    "km²": ("square kilometre", "square kilometres"), "m³": ("cubic metre", "cubic metres"),
    "cm²": ("square centimetre", "square centimetres"), "ft²": ("square foot", "square feet"),
    "yr": ("year", "years"), "yrs": ("year", "years"), "mos": ("month", "months"), "wk": ("week", "weeks"),
    "wks": ("week", "weeks"), "pt": ("point", "points"), "pts": ("point", "points"), "pkg": ("package", "packages"),
    "psi": ("pound per square inch", "pounds per square inch"), "mol": ("mole", "moles"),
    "rpm": ("revolution per minute", "revolutions per minute"), "bpm": ("beat per minute", "beats per minute"),
    "mAh": ("milliamp hour", "milliamp hours"), "ppm": ("part per million", "parts per million"),
    "‰": ("per mille", "per mille"), "sq in": ("square inch", "square inches"),
    "sq m": ("square metre", "square metres"),
}  # fmt: skip
"""One and several. "in" is a unit only with a full stop or after feet."""
DOTTED_UNITS = "lbs?|oz|ft|yds?|mi|mins?|hrs?|secs?|tsp|[tT]bsp|gal|qt|yrs?|mos|wks?|pts?|pkg"
"""Units that some write with a full stop."""
INITIALS = "[VWJL]"
"""Units that may also be the initial of a name, or a compass point."""
PER = {
    "hr": "hour", "mo": "month", "yr": "year", "min": "minute", "sec": "second", "lb": "pound", "kg": "kilogram",
}  # fmt: skip
"""What a slash after an amount may be followed by, if not by a whole word of time."""
LARGE_COUNTS = (
    "people|votes|users|jobs|homes|members|customers|views|copies|followers|subscribers|visitors|children|downloads|"
    "tonnes|tons|barrels"
)
"""What is counted in millions and not measured in metres."""

UNIT = "|".join(re.escape(u) for u in sorted(set(UNITS) - {"in"}, key=len, reverse=True))


def measure(match: re.Match[str]) -> str:
    """Groups: minus, amount, what joins it to the unit, unit."""
    amount, joined, (one, many) = match[2], match[3], UNITS[match[4]]
    sign = "minus " if match[1] else ""
    singular = amount == "1" or (joined == "-" and match.string[match.end() :][:1] != "s") or describes(match)
    return f"{sign}{cardinal(amount)} {one if singular else many}"


def part_of_unit(match: re.Match[str]) -> str:
    """Groups: whole number, the numbers of a fraction or the sign of one, unit."""
    whole, top, bottom, sign = match.groups()[:4]
    one, many = UNITS[match[5]]
    above, below = SIGNS[sign] if sign else (int(top), int(bottom))
    said = fraction(above, below)
    if whole:
        return f"{cardinal(whole)} and {re.sub('^one ', 'a ', said)} {many}"
    if above > below or " over " in said:
        return f"{said} {many}"
    return f"{said} {one}" if above == 1 else f"{said} of {'an' if re.match('[aeio]|hour', one) else 'a'} {one}"


def after_quote(match: re.Match[str]) -> str:
    """27" where no quotation is open that its mark would close."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(r'(?<![\w.,;:!?…])"[^"]*\Z', before):
        return match[0]
    return f"{match[1]} inch" if re.match(rf"\s(?!(?:{MEASURED})\b)\S", after) else inches(match[1])


def after_apostrophe(match: re.Match[str]) -> str:
    """6' where no single quotation mark was opened before it."""
    return match[0] if re.search(r"(?<!\w)'(?=\w)", match.string[: match.start()]) else f"{match[1]} ft"


def inches(amount: str) -> str:
    """`one inch`, `two inches`."""
    return f"{cardinal(amount)} inch{'' if amount == '1' else 'es'}"


SIGNED = {"'": "foot", '"': "inch"}
CLAUSE_GOES_ON = r"\s[a-z]|[.,;:!?)]|\s*$"
MEASURED = "tall|high|wide|long|deep|thick|across|by|and|or|of|is|from|to|in|on|at|with|x"
"""What follows several inches; before a noun they are of one kind: a 27-inch monitor."""

FEET_AND_INCHES = [
    Rule(
        r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})(?:\"|'')",
        lambda m: f"{cardinal(m[1])} foot {cardinal(m[2])}",
        {"He is 6'2\" tall": "He is six foot two tall"},
    ),
    Rule(
        r"(?<![\w.])(\d+)(['\"])\s?[x×]\s?(\d+)\2",
        lambda m: f"{cardinal(m[1])} by {cardinal(m[3])} {SIGNED[m[2]]}",
        {"10' x 12'": "ten by twelve foot"},
    ),
    Rule(
        rf"(?<![\w.'])(\d{{1,3}})'(?={CLAUSE_GOES_ON})",
        after_apostrophe,
        {"5' tall": "five feet tall", "a 6' fence": "a six foot fence", "It is 6'.": "It is six feet."},
    ),
    Rule(
        rf"(?<![\w.])(\d{{1,3}}(?:\.\d+)?)\"(?={CLAUSE_GOES_ON})",
        after_quote,
        {'a 27" monitor': "a twenty-seven inch monitor", 'It is 12".': "It is twelve inches."},
    ),
]
RANGES = [
    Rule(
        r"(\d\s?(?:[A-Za-z]+/)?[a-z]{1,2})\^([23])\b",
        lambda m: m[1] + {"2": "²", "3": "³"}[m[2]],
        {"9.8 m/s^2": "nine point eight metres per second squared"},
    ),
    Rule(
        rf"(?<![\w.,-])((?:{QUANTITY})\s?(?:{UNIT}))\s?/\s?(?=(?:{QUANTITY})\s?(?:{UNIT})(?!\w))",
        r"\1, ",
        {"200g/7oz": "two hundred grams, seven ounces"},
    ),
    Rule(
        rf"(?<![\w.,-])((?:{QUANTITY})\s?(?:%|{UNIT}))\s?[–-]\s?(?=(?:{QUANTITY})\s?(?:%|(?:{UNIT})(?!\w)))",
        r"\1 to ",
        {"10%-15%": "ten percent to fifteen percent", "5kg – 10kg": "five kilograms to ten kilograms"},
    ),
]
OF_FRACTIONS = [
    Rule(
        rf"(?<![\w./])(?:(\d+)[\s-]?(?=\d+/|[{''.join(SIGNS)}]))?(?:(\d{{1,3}})/(\d{{1,2}})|([{''.join(SIGNS)}]))[\s-]?(?!{INITIALS}\.?\s[A-Z])({UNIT})(?![\w²³/'])(?:\.(?=\s[a-z\d]|[,;:]))?",
        part_of_unit,
        {
            "1/2 tsp of": "one half teaspoon of",
            "3/4 lb of": "three quarters of a pound of",
            "1½ hrs ago": "one and a half hours ago",
        },
    ),
    Rule(
        r"(?<![\w./])(\d{1,3}/\d{1,2})(?=[a-z]{2})(?!(?:nd|rd|th)s?\b)",
        r"\1 ",
        {"3/4cup": "three quarters cup"},
    ),
]
PER_UNIT = [
    Rule(
        rf"(\d(?:\s?[A-Za-z]+)?)/({'|'.join(PER)}|hour|day|night|week|month|year|minute|second|pound|gallon|person)\b(?!/)",
        lambda m: f"{m[1]} per {PER.get(m[2], m[2])}",
        {"$15/hour": "fifteen dollars per hour", "60 beats/min": "sixty beats per minute"},
    ),
]
RULES = [
    Rule(
        rf"(?<![\w.,])({QUANTITY})m(?=\s(?:{LARGE_COUNTS})\b)",
        r"\1 million",
        {"2m votes, 5m wide": "two million votes, five metres wide"},
    ),
    Rule(
        r"\b(\d{1,2})\s(?:ft|feet|foot)\.?\s(\d{1,2})\sin\b\.?",
        lambda m: f"{cardinal(m[1])} feet {inches(m[2])}",
        {"5 ft 3 in": "five feet three inches"},
    ),
    Rule(
        rf"(?<![\w.,])({QUANTITY})\sin\.(?=\s[a-z])",
        lambda m: inches(m[1]),
        {"3 in. wide": "three inches wide"},
    ),
    Rule(
        rf"(\d)([\s-]?(?:{DOTTED_UNITS}))\.(?=\s[a-z\d])",
        r"\1\2",
        {"8 oz. of cheese": "eight ounces of cheese"},
    ),
    Rule(
        rf"(?<![\w.,])(?:(?<!\w)(-))?({QUANTITY}|\.\d+)([\s-]?)(?!{INITIALS}(?:\.\s?[A-Z]|\s(?:[A-Z][a-z]|\d+(?:st|nd|rd|th))))({UNIT})(?![\w²³/'])",
        measure,
        {
            "5 km, 3.2 GHz": "five kilometres, three point two gigahertz",
            "20°C": "twenty degrees Celsius",
            "a 20-ft wall": "a twenty foot wall",
            "-1 V": "minus one volt",
        },
    ),
    Rule(
        rf"(?:(?<!\w)(-))?(?<![\w.,])(\.\d+|{QUANTITY})\s?%",
        lambda m: f"{'minus ' if m[1] else ''}{cardinal(m[2])} percent",
        {"50%": "fifty percent", "-0.5%": "minus zero point five percent", ".5%": "point five percent"},
    ),
    Rule(
        rf"(?<![\w.,])(?!401k)({QUANTITY})(\s?bn|[kM])\b(?!\.\w)",
        lambda m: f"{cardinal(m[1])} {SCALES[m[2].strip().lower()]}",
        {"10k": "ten thousand", "5 bn": "five billion"},
    ),
]
