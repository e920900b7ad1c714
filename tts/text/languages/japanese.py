"""Japanese as it is read aloud: in kana, since espeak-ng reads no Chinese character there."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader

COUNTERS = {
    "年": "ねん", "月": "がつ", "日": "にち", "度": "ど", "円": "えん", "時": "じ", "分": "ふん", "秒": "びょう",
}  # fmt: skip
COUNTED = re.compile(rf"(?<=\d)\s?([{''.join(COUNTERS)}])")


class Japanese(Reader, language="ja"):
    """What is counted in dates, times and money."""

    examples: ClassVar = {
        "いま 5 つ, -5": "いま 5 つ, マイナス 5",
        "2024-12-24, 50°": "2024ねん12がつ24にち, 50ど",
        "$5, 3.5%": "5 ドル, 3 てん 5 パーセント",
    }

    def read(self, text: str) -> str:
        return COUNTED.sub(lambda match: COUNTERS[match[1]], super().read(text))
