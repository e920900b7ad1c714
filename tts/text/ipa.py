"""Tokens as espeak-ng writes them: IPA with marks of stress, spaces between words, punctuation."""

from __future__ import annotations

from tts.text.phones import PRIMARY, SECONDARY
from tts.text.tokens import END, START, Tokens

STRESS = {0: "", 1: PRIMARY, 2: SECONDARY}


def ipa(tokens: Tokens) -> str:
    """What a program that reads code points is given for a sentence, such as `hɛlˈoʊ, jˈuː.`"""
    written, last = "", -1
    for symbol, stress, word in zip(tokens.symbols, tokens.stress, tokens.word, strict=True):
        if symbol in (START, END):
            continue
        if word >= 0:
            written += " " if written and word != last else ""
            last = word
        written += STRESS[stress] + symbol
    return written
