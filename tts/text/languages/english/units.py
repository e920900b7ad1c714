"""Units of measurement and percentages in English words."""

from __future__ import annotations

import re

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
}  # fmt: skip
"""One and several. "in" is a unit only with a full stop or after feet."""
DOTTED_UNITS = "lbs?|oz|ft|yds?|mi|mins?|hrs?|secs?|tsp|[tT]bsp|gal|qt"
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


def diagonal(match: re.Match[str]) -> str:
    """27" after an even number of quotation marks; after an odd one it closes them."""
    return f"{match[1]} inch" if match.string.count('"', 0, match.start()) % 2 == 0 else match[0]


def inches(amount: str) -> str:
    """`one inch`, `two inches`."""
    return f"{cardinal(amount)} inch{'' if amount == '1' else 'es'}"


FEET_AND_INCHES = [
    Rule(
        r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})(?:\"|'')",
        lambda m: f"{cardinal(m[1])} foot {cardinal(m[2])}",
        {"He is 6'2\" tall": "He is six foot two tall"},
    ),
    Rule(r"(\d)'(?=\s(?:tall|high|wide|long|deep)\b)", r"\1 ft", {"5' tall": "five feet tall"}),
    Rule(
        r"(?<![\w.])(\d+)'\s?[x×]\s?(\d+)'",
        lambda m: f"{cardinal(m[1])} by {cardinal(m[2])} foot",
        {"10' x 12'": "ten by twelve foot"},
    ),
    Rule(
        r"(?<![\w.])(\d+(?:\.\d+)?)\"(?=\s[a-z])",
        diagonal,
        {'a 27" monitor': "a twenty-seven inch monitor"},
    ),
]
RANGES = [
    Rule(
        rf"(?<![\w.,-])((?:{QUANTITY})\s?(?:%|{UNIT}))\s?[–-]\s?(?=(?:{QUANTITY})\s?(?:%|(?:{UNIT})(?!\w)))",
        r"\1 to ",
        {"10%-15%": "ten percent to fifteen percent", "5kg – 10kg": "five kilograms to ten kilograms"},
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
