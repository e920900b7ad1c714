"""Markup of web pages, chats and language models, which nobody reads aloud: tags are silent, breaks are pauses."""

from __future__ import annotations

import html
import re
from html.entities import html5

PAUSES = "address|article|blockquote|br|break|dd|div|dt|figcaption|h[1-6]|hr|li|option|p|section|td|th|tr"
"""Elements that stand apart from what is around them."""
TAGS = (
    f"{PAUSES}|a|abbr|audio|b|big|body|button|center|cite|code|del|details|dl|em|emphasis|figure|font|footer|form|head"
    "|header|html|i|iframe|img|input|ins|kbd|label|lang|link|main|mark|meta|nav|ol|phoneme|pre|prosody|q|s|samp|say-as"
    "|script|select|small|source|span|speak|strike|strong|style|sub|summary|sup|svg|table|tbody|tfoot|thead|title|u|ul"
    "|var|video|voice"
)
"""Elements of HTML and SSML. Other words after a sign of less may be what is compared: x<y."""
TAG = re.compile(rf"</?({TAGS})(?:\s[^<>]*=[^<>]*|\s?/?)>|<!--[^<>]*-->", re.IGNORECASE)
PAUSE = re.compile(rf"(?:{PAUSES})\Z", re.IGNORECASE)
DIRECTION = re.compile(r"\[(?:pause|break|silence)\b[^\[\]]*\]", re.IGNORECASE)
"""Of a script: [pause: 0.5 s]."""
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s\"[^\"]*\")?\)")
ADDRESS = re.compile(r"<([^\s<>@]+@[^\s<>]+|https?://[^\s<>]+)>")
ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,32});")
FENCE = re.compile(r"`{3}(?:\w*(?=\s|$))?")
QUOTED = re.compile(r"^[^\S\n]*>[>\t ]*(?<=[\t ])", re.MULTILINE)
LINE_START = re.compile(r"^[^\S\n]*(?:#{1,6}[^\S\n]+|[-*][^\S\n]\[[ xX]\][^\S\n])", re.MULTILINE)
"""Of a heading or a task."""
HEADING_END = re.compile(r"(?<=\S)[^\S\n]#{2,6}[^\S\n]*$", re.MULTILINE)
FOOTNOTE = re.compile(r"\[\^\w+\]")
COLUMN = re.compile(r"\|(?=[|:\s-]*---)[|:\s-]*+|(?<=\s)\|(?=\s)")
EMOTICON = re.compile(r"(?<!\S)(?:[:;]-?[DPpOo()/|*]|xD)(?![^\s.,!?])")
SIGNS = {
    "<->": "↔", "<=>": "↔", "-->": "→", "==>": "→", "->": "→", "=>": "→", "<--": "←", "!==": "≠", "!=": "≠", "===": "=",
    "==": "=", ">=": "≥", "<=": "≤",
}  # fmt: skip
"""As programmers type them."""
SIGN = re.compile(rf"(?<![-=<>!])(?:{'|'.join(map(re.escape, SIGNS))})(?![-=<>!])")


def plain(text: str) -> str:
    """`text` without HTML, SSML, Markdown and emoticons; what stands between tags stays."""
    if not re.search(r"[<>\[&`#|:;=]|xD", text):
        return text
    text = DIRECTION.sub(_pause, ADDRESS.sub(r"\1", TAG.sub(_tag, text)))
    text = COLUMN.sub(_pause, FOOTNOTE.sub("", LINK.sub(r"\1", text)))
    text = HEADING_END.sub("", LINE_START.sub("", QUOTED.sub("", FENCE.sub(" ", text))))
    text = SIGN.sub(lambda match: SIGNS[match[0]], EMOTICON.sub(" ", text))
    return ENTITY.sub(_character, text)


def _tag(match: re.Match[str]) -> str:
    return _pause(match) if match[1] and PAUSE.match(match[1]) else ""


def _pause(match: re.Match[str]) -> str:
    """None after a mark, which is one already."""
    return ", " if match.string[: match.start()].rstrip()[-1:].isalnum() else " "


def _character(match: re.Match[str]) -> str:
    known = match[1].startswith("#") or f"{match[1]};" in html5
    return html.unescape(match[0]) if known else match[0]
