"""Units of measurement."""

UNITS = {
    "km/h": "kilometer-per-hour", "km/u": "kilometer-per-hour", "Go": "gigabyte", "Mo": "megabyte", "Ko": "kilobyte",
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter",
    "m/s": "meter-per-second", "km²": "square-kilometer", "km2": "square-kilometer", "m²": "square-meter",
    "m2": "square-meter", "cm²": "square-centimeter", "m³": "cubic-meter", "m3": "cubic-meter", "ha": "hectare",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "t": "tonne", "l": "liter", "L": "liter", "ml": "milliliter",
    "cl": "centiliter", "°C": "celsius", "°F": "fahrenheit", "°": "degree", "kWh": "kilowatt-hour", "kW": "kilowatt",
    "MW": "megawatt", "W": "watt", "V": "volt", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "Hz": "hertz",
    "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "kcal": "kilocalorie", "min": "minute",
    "км/ч": "kilometer-per-hour", "км": "kilometer", "м": "meter", "см": "centimeter", "мм": "millimeter",
    "км²": "square-kilometer", "м²": "square-meter", "кв. м": "square-meter", "м³": "cubic-meter", "кг": "kilogram",
    "г": "gram", "мг": "milligram", "л": "liter", "мл": "milliliter", "кВт": "kilowatt", "Вт": "watt", "ч": "hour",
    "мин": "minute", "сек": "second", "Гб": "gigabyte", "ГБ": "gigabyte", "Мб": "megabyte", "МБ": "megabyte",
}  # fmt: skip
"""Written after a number, and CLDR's name of it."""
