"""Korean as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader
from tts.text.languages.scales import currency_last

RANGE = re.compile(r"(?<![\w.,:~-])(\d{1,9})\s?[~〜～–-]\s?(\d{1,9})(?![\d.,:~-])(?=([가-힣])?)")


class Korean(Reader, language="ko"):
    """Ranges from the one number to the other."""

    examples: ClassVar = {
        "대략 20~30초짜리": "대략 이십에서 삼십 초짜리",
        "₩5만": "5만 원",
        "$5, ₩1,234, $2.50": "오 달러, 천이백삼십사 원, 이 점 오 달러",
    }

    def read(self, text: str) -> str:
        return super().read(RANGE.sub(self._from_to, currency_last(text, "십백천만억조", self)))

    def _from_to(self, match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        if first >= last or match[1].startswith("0"):
            return match[0]
        return f"{self.cardinal(first)}에서 {self.cardinal(last)}" + " " * bool(match[3])
