"""Tables of written English: months, money, units, titles, abbreviations, signs, fractions, numerals."""

from __future__ import annotations

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTH_NAMES = {m[:3].lower(): m for m in MONTHS} | {"sept": "September"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAY_NAMES = {d[:3].lower(): d for d in DAYS}
ZONES = "[ECMP][SD]?T|GMT|UTC|BST|CES?T"
"""Of time, as written after the hour."""
MONEY = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
}
CODES = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹"}
DOLLARS = {
    "US": "",
    "A": "Australian ",
    "AU": "Australian ",
    "C": "Canadian ",
    "CA": "Canadian ",
    "HK": "Hong Kong ",
    "NZ": "New Zealand ",
    "S": "Singapore ",
}
"""What may stand before a dollar sign, and whose dollars they are."""
SCALES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
    "tn": "trillion",
    "thousand": "thousand",
    "million": "million",
    "billion": "billion",
    "trillion": "trillion",
    "lakh": "lakh",
    "crore": "crore",
}
UNITS = {
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "µm": ("micrometre", "micrometres"),
    "μm": ("micrometre", "micrometres"),
    "nm": ("nanometre", "nanometres"),
    "mcg": ("microgram", "micrograms"),
    "µg": ("microgram", "micrograms"),
    "μg": ("microgram", "micrograms"),
    "tsp": ("teaspoon", "teaspoons"),
    "Tbsp": ("tablespoon", "tablespoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "fl oz": ("fluid ounce", "fluid ounces"),
    "gal": ("gallon", "gallons"),
    "qt": ("quart", "quarts"),
    "cl": ("centilitre", "centilitres"),
    "dl": ("decilitre", "decilitres"),
    "sq ft": ("square foot", "square feet"),
    "sq mi": ("square mile", "square miles"),
    "sq km": ("square kilometre", "square kilometres"),
    "Ω": ("ohm", "ohms"),
    "kΩ": ("kilohm", "kilohms"),
    "mmHg": ("millimetre of mercury", "millimetres of mercury"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "MB/s": ("megabyte per second", "megabytes per second"),
    "GB/s": ("gigabyte per second", "gigabytes per second"),
    "km/s": ("kilometre per second", "kilometres per second"),
    "m/s²": ("metre per second squared", "metres per second squared"),
    "mg/kg": ("milligram per kilogram", "milligrams per kilogram"),
    "mg/dL": ("milligram per decilitre", "milligrams per decilitre"),
    "mg/L": ("milligram per litre", "milligrams per litre"),
    "g/L": ("gram per litre", "grams per litre"),
    "kg/m³": ("kilogram per cubic metre", "kilograms per cubic metre"),
    "g/cm³": ("gram per cubic centimetre", "grams per cubic centimetre"),
    "W/m²": ("watt per square metre", "watts per square metre"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "yd": ("yard", "yards"),
    "yds": ("yard", "yards"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "L": ("litre", "litres"),
    "l": ("litre", "litres"),
    "ml": ("millilitre", "millilitres"),
    "mL": ("millilitre", "millilitres"),
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "m/s": ("metre per second", "metres per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "dB": ("decibel", "decibels"),
    "V": ("volt", "volts"),
    "kV": ("kilovolt", "kilovolts"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "mA": ("milliamp", "milliamps"),
    "J": ("joule", "joules"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "KB": ("kilobyte", "kilobytes"),
    "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "Pa": ("pascal", "pascals"),
    "kPa": ("kilopascal", "kilopascals"),
    "ha": ("hectare", "hectares"),
    "fps": ("frame per second", "frames per second"),
    "px": ("pixel", "pixels"),
    "kcal": ("kilocalorie", "kilocalories"),
    "cal": ("calorie", "calories"),
    "m²": ("square metre", "square metres"),
    "km²": ("square kilometre", "square kilometres"),
    "m³": ("cubic metre", "cubic metres"),
    "cm²": ("square centimetre", "square centimetres"),
    "ft²": ("square foot", "square feet"),
}
DOTTED_UNITS = "lbs?|oz|ft|yds?|mi|mins?|hrs?|secs?|tsp|[tT]bsp|gal|qt"
"""Units that some write with a full stop."""
INITIALS = "[VWJL]"
"""Units that may also be the initial of a name, or a compass point."""
PER = {"hr": "hour", "mo": "month", "yr": "year", "min": "minute", "sec": "second", "lb": "pound", "kg": "kilogram"}
"""What a slash after an amount may be followed by, if not by a whole word of time."""
TITLES = {
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Dr": "Doctor",
    "Prof": "Professor",
    "Rev": "Reverend",
    "Hon": "Honourable",
    "Capt": "Captain",
    "Col": "Colonel",
    "Gen": "General",
    "Lt": "Lieutenant",
    "Sgt": "Sergeant",
    "Maj": "Major",
    "Gov": "Governor",
    "Sen": "Senator",
    "Pres": "President",
    "Fr": "Father",
    "Mt": "Mount",
    "Ft": "Fort",
    "Rep": "Representative",
    "Adm": "Admiral",
    "Cmdr": "Commander",
    "Cpl": "Corporal",
    "Pvt": "Private",
    "Supt": "Superintendent",
    "Det": "Detective",
    "Messrs": "Messieurs",
}
DOTTED_TITLES = {
    "Fr", "Gen", "Hon", "Sen", "Maj", "Col", "Pres", "Rep", "Adm", "Cmdr", "Cpl", "Pvt", "Supt", "Det", "Messrs",
}  # fmt: skip
"""Titles only where a full stop says so."""
ABBREVIATIONS = {
    "etc": "et cetera",
    "vs": "versus",
    "approx": "approximately",
    "dept": "department",
    "govt": "government",
    "ave": "avenue",
    "blvd": "boulevard",
    "rd": "road",
    "jr": "junior",
    "sr": "senior",
    "inc": "incorporated",
    "ltd": "limited",
    "corp": "corporation",
    "figs": "figures",
    "vol": "volume",
    "pp": "pages",
    "cf": "compare",
    "tel": "telephone",
    "tues": "Tuesday",
    "thurs": "Thursday",
    "misc": "miscellaneous",
    "esp": "especially",
    "incl": "including",
    "bros": "brothers",
}
BEFORE_DIGITS = {
    "fig": "figure",
    "ch": "chapter",
    "ed": "edition",
    "p": "page",
    "sec": "section",
    "eq": "equation",
    "ext": "extension",
    "est": "established",
    "ca": "circa",
    "c": "circa",
    "pt": "part",
    "apt": "apartment",
    "hwy": "highway",
    "max": "maximum",
    "min": "minimum",
    "art": "article",
    "dept": "department",
    "tel": "telephone",
}
"""Abbreviations only before a number."""
ROADS = {"St": "Street", "Rd": "Road", "Ave": "Avenue", "Dr": "Drive", "Blvd": "Boulevard", "Ln": "Lane"}
STARTERS = (
    "The|It|He|She|They|We|In|This|That|Then|But|And|At|On|You|There|These|Those|However|When|If|As|My|His|Her|Its|Our"
    "|Their|What|Who|So|Now|No|Yes|From|With|By|After|Before|While|Since|To|Is|Was|Are|Were"
)
"""Words that begin a sentence far more often than they are part of a name."""
SPELLED = frozenset({
    "AA", "ABS", "ACLU", "AFC", "ATF", "BA", "CLI", "COO", "DEA", "ECB", "ECG", "EEG", "EFL", "EKG", "EP", "EPA", "ER",
    "ESL", "ETA", "EV", "FAA", "ICU", "IMF", "IO", "IOC", "IPO", "IQ", "IRA", "ITV", "IUD", "IVF", "LED", "NCAA", "NGO",
    "NYU", "RAF", "ROI", "SOS", "TSA", "UFC", "USC", "UTI", "UX", "VAT", "VIP",
})  # fmt: skip
"""Acronyms said letter by letter, which espeak-ng takes for words."""
SHOUTED = {"AM", "IT", "ME", *SPELLED}
"""Words that mean another thing in capitals, unless all is in capitals."""
EXTENSIONS = (
    "js|ts|py|md|txt|pdf|docx?|xlsx?|csv|json|ya?ml|html?|css|png|jpe?g|gif|mp[34]|wav|zip|exe|sh|cpp|java|ai|de|fr|eu"
    "|us|info|tv|app|me"
)
"""What follows a dot inside the name of a file or site."""
PAIRS = {
    "24/7": "twenty-four seven",
    "50/50": "fifty-fifty",
    "20/20": "twenty twenty",
    "9/11": "nine eleven",
    "4/4": "four four",
}
"""Numbers with a slash between them that are no fractions."""
LARGE_COUNTS = (
    "people|votes|users|jobs|homes|members|customers|views|copies|followers|subscribers|visitors|children|downloads|"
    "tonnes|tons|barrels"
)
"""What is counted in millions and not measured in metres."""
SIGNS = {
    "&": "and",
    "@": "at",
    "#": "hash",
    "+": "plus",
    "=": "equals",
    "/": "slash",
    "%": "percent",
    "×": "times",
    "÷": "divided by",
    "<": "less than",
    ">": "greater than",
    "≤": "at most",
    "≥": "at least",
    "≈": "approximately",
    "±": "plus or minus",
    "°": "degrees",
    "©": "copyright",
    "®": "registered",
    "™": "trademark",
    "§": "section",
    "→": "to",
    "\\": "backslash",
    "µ": "micro",
    "√": "root",
    "∞": "infinity",
    "≠": "is not equal to",
    "Ω": "ohms",
    "¢": "cents",
    "←": "from",
    "π": "pi",
}
FRACTIONS = {
    "½": (1, 2),
    "⅓": (1, 3),
    "⅔": (2, 3),
    "¼": (1, 4),
    "¾": (3, 4),
    "⅕": (1, 5),
    "⅖": (2, 5),
    "⅗": (3, 5),
    "⅘": (4, 5),
    "⅙": (1, 6),
    "⅚": (5, 6),
    "⅛": (1, 8),
    "⅜": (3, 8),
    "⅝": (5, 8),
    "⅞": (7, 8),
}
POWERS = {"²": "squared", "³": "cubed"}
MONARCHS = (
    "Henry|Edward|George|James|William|Richard|Charles|Louis|Elizabeth|Mary|Philip|Francis|Frederick|Napoleon|"
    "Peter|Paul|Pius|"
    "Benedict|Gregory|"
    "Leo|Clement|Innocent|Alexander|Nicholas|Catherine|Margaret|Robert|David|Ivan|John|Urban|Otto|Ferdinand|"
    "Alfonso|Haakon|Ramses|Ptolemy|Christian|Gustav|Felipe|Albert|Leopold|Harald|Umberto|Boniface|Sixtus|Julius|Adrian"
)
COUNTED = (
    "Chapter|Part|Volume|Book|Act|Scene|Section|War|Phase|Type|Class|Article|Appendix|Stage|Level|Episode|Bowl|Mark"
)
