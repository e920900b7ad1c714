"""Roman numerals."""

ROMAN = {
    tens + ones: 10 * i + j
    for i, tens in enumerate(("", "X", "XX", "XXX"))
    for j, ones in enumerate(("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"))
}
"""Numerals from nothing to 39."""
