"""A given text put beside what was heard: which of its parts were said, and when."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from tts.importing.alike import Said, as_written
from tts.importing.extra import library
from tts.importing.recognition import Word
from tts.importing.spoken_text import LONG_PAUSE, Part, clauses, keys

NOT_HEARD = "not heard"
LEAST_SHARE = 0.5
"""Of a part's words that must have been heard for it to count as said."""
LONGEST_RUN = 3
"""So many words, one after another, that were heard and are not in the text (or the reverse) are a remark, or were
left out; fewer are the recogniser's own errors."""
IN_ORDER = 4
"""Words of a part, one after another, that show that it is said elsewhere than where it stands in the text."""
LONGEST_SLIP = 0.25
"""Seconds of words that are not in the text, between two parts of it, that are taken for the recogniser's error."""
NEARBY = 3
"""Words on either side, of which one must match, too, for a match to be no accident."""
LONGEST_CLAUSE = 40
"""Words; so many take longer than a piece may."""
READ_TOGETHER = 8
"""Words as they are written, such as `$5 million`, that may be read otherwise than one by one."""


def read_parts(text: str, words: Sequence[Word], language: str) -> list[Part]:
    """The parts of a given text with the times at which they were heard.

    The words of both are aligned with the fewest edits, then matches that stand alone are dropped: in a preface that
    nobody read, or in a remark that is not in the text, some words are always the same. Between those that are left,
    words match that are alike. A part of which too little was heard has a `problem`.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    parts = [(clause, ends, keys(clause, language)) for clause, ends in clauses(text, language)]
    written = [key for _, _, own in parts for key in own]
    said, partner = compared(written, words_heard(words, language))
    spoken = [word.key for word in said]
    partner = partner or _whole([own for _, _, own in parts], spoken)
    taken = set(partner.values())
    elsewhere = set(_runs(["" if i in taken else word for i, word in enumerate(spoken)]))
    found: list[Part] = []
    passed = 0  # the first word that was heard after the part before
    for clause, ends, own in _divided(parts, partner, said, language):
        if own:
            part, span = _part(clause, ends, own, partner, taken, said)
            between = [word for word in said[passed : span.start] if word.key] if span else []
            seconds = _seconds(between)
            inside = _one_for_one({n: partner[n] for n in own if partner.get(n) in span})
            spoken = written[own.start : own.stop]
            if part.problem == NOT_HEARD and not elsewhere.isdisjoint(_runs(spoken)):
                part = replace(part, problem="heard in another order than the text's")
            found += _at_pauses(replace(part, apart=seconds > LONGEST_SLIP), own, spoken, inside, said, language)
            passed = span.stop if span else passed
        elif found:  # nothing but marks, which belong to what precedes them
            found[-1] = replace(found[-1], text=f"{found[-1].text} {clause}", ends_sentence=ends)
    return found


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[k:] for k in range(IN_ORDER)), strict=False)


def _whole(parts: Sequence[list[str]], spoken: list[str]) -> dict[int, int]:
    """The matches of a part that is all that was heard, such as of one word."""
    first = 0
    for own in parts:
        if own == spoken:
            return {first + i: i for i in range(len(own))}
        first += len(own)
    return {}


def _divided(
    parts: Sequence[tuple[str, bool, list[str]]], partner: dict[int, int], said: list[Said], language: str
) -> Iterator[tuple[str, bool, range]]:
    """Each clause, whether it ends a sentence, and which of the words written are its own.

    One is divided where words are said that it lacks. One that is too long for a piece, as where a text has no marks,
    is also divided where its reader pauses and where words of it were not heard, so that the others are not lost with
    them.
    """
    first = 0
    for clause, ends, spoken in parts:
        stop, start, rest = first + len(spoken), first, clause
        own = range(first, stop)
        aligned = _one_for_one({n: partner[n] for n in own if n in partner})
        cuts = _inserted(aligned, said)
        if len(spoken) > LONGEST_CLAUSE:
            cuts |= _cuts(own, aligned, said)
        if cuts:
            words, done = clause.split(), 0
            for count, here in places(words, spoken, language).items():
                if first + count in cuts and here < len(words):
                    yield " ".join(words[done:here]), False, range(start, first + count)
                    start, done = first + count, here
            rest = " ".join(words[done:])
        yield rest, ends, range(start, stop)
        first = stop


def _one_for_one(partner: dict[int, int]) -> dict[int, int]:
    """With the words between two matches that were misheard one for one: a reader may pause at them, too."""
    found = dict(partner)
    for (a, c), (b, d) in pairwise(sorted(partner.items())):
        if b - a == d - c:
            found |= zip(range(a, b), range(c, d), strict=True)
    return found


def _inserted(partner: dict[int, int], said: list[Said]) -> set[int]:
    """The words before which others are said; one may be the recogniser's own, and more than these are a remark."""
    found = set[int]()
    for (a, c), (b, d) in pairwise(sorted(partner.items())):
        if b - a == 1 and 1 < d - c - 1 < LONGEST_RUN and _seconds(said[c + 1 : d]) > LONGEST_SLIP:
            found.add(b)
    return found


def _seconds(words: Sequence[Said]) -> float:
    return sum(word.end - word.start for word in words)


def _cuts(own: range, partner: dict[int, int], said: list[Said]) -> set[int]:
    """The words of a clause before which there is a long pause, or an end of several words that were not heard."""
    matched = [n for n in own if n in partner]
    if not matched:
        return set()
    found = {matched[0]} if matched[0] - own[0] >= LONGEST_RUN else set()
    if own[-1] - matched[-1] >= LONGEST_RUN:
        found.add(matched[-1] + 1)
    for a, b in pairwise(matched):
        unheard, extra = b - a - 1, partner[b] - partner[a] - 1
        if unheard - extra >= LONGEST_RUN:
            found |= {a + 1, b}
        elif not unheard and said[partner[b]].start - said[partner[a]].end >= LONG_PAUSE:
            found.add(b)
    return found


def places(words: Sequence[str], spoken: Sequence[str], language: str) -> dict[int, int]:
    """By number of words as they are compared, that of the words written that come to them: where a text may be
    divided. Within a number, say, it may not."""
    found, done, first = dict[int, int](), 0, 0
    for stop in range(1, len(words) + 1):
        own = keys(" ".join(words[first:stop]), language)
        if spoken[done : done + len(own)] == own:
            done, first = done + len(own), stop
            found[done] = stop
        elif stop - first == READ_TOGETHER:
            break
    return found


def words_heard(words: Sequence[Word], language: str) -> list[Said]:
    """Each word that was heard; several, as of a number, share its time."""
    found = []
    for word in joined(words):
        spoken = keys(word.text, language)
        step = (word.end - word.start) / max(1, len(spoken))
        found += [Said(key, word.start + i * step, word.start + (i + 1) * step) for i, key in enumerate(spoken)]
    return found


def joined(words: Sequence[Word]) -> list[Word]:
    """With what follows without a space, such as `-source` after `open`, as a part of the word."""
    found: list[Word] = []
    for word in words:
        if found and word.text[:1] and not word.text[0].isspace() and not word.text[0].isalpha():
            last = found[-1]
            found[-1] = Word(last.text + word.text, last.start, word.end, min(last.probability, word.probability))
        else:
            found.append(word)
    return found


def compared(written: list[str], said: list[Said]) -> tuple[list[Said], dict[int, int]]:
    """What was heard, in the text's words where these are alike; and by number of a written word, that of the one there
    that it is the same as.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    said = as_written(written, said, matches(written, [word.key for word in said]))
    return said, matches(written, [word.key for word in said])


def matches(written: list[str], heard: list[str]) -> dict[int, int]:
    """By number of a written word, that of the heard one that it is the same as; none that stands alone.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    distance = library("rapidfuzz.distance", "comparing texts").Levenshtein
    matched: dict[int, int] = {}
    for block in distance.opcodes(written, heard):
        if block.tag == "equal":
            matched |= zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
    return {i: j for i, j in matched.items() if _supported(i, j, matched)}


def _supported(i: int, j: int, matched: dict[int, int]) -> bool:
    """Whether another word near `i` is heard as near `j`."""
    near = (i + k for k in range(-NEARBY, NEARBY + 1) if k)
    return any(n in matched and abs((matched[n] - j) - (n - i)) <= 1 for n in near)


def _part(
    clause: str, ends: bool, own: range, partner: dict[int, int], taken: set[int], said: list[Said]
) -> tuple[Part, range]:
    """A part, and which of the words heard are its own; none where it was not said."""
    matched = _together([n for n in own if n in partner], partner)
    share = len(matched) / len(own)
    if share < LEAST_SHARE:
        return Part(clause, 0.0, 0.0, ends, share, NOT_HEARD), range(0)
    first, last = partner[matched[0]], partner[matched[-1]]
    # Words at its edges that were misheard take the place of as many that match nothing.
    before, after = matched[0] - own[0], own[-1] - matched[-1]
    while before and first and first - 1 not in taken:
        first, before = first - 1, before - 1
    while after and last + 1 < len(said) and last + 1 not in taken:
        last, after = last + 1, after - 1
    span = range(first, last + 1)
    unheard, extra = _longest_run(own, set(matched)), _longest_run(span, taken)
    problem = "words of it were not heard" if unheard - extra >= LONGEST_RUN else ""
    agreement = sum(said[partner[n]].likeness for n in matched) / max(len(own), len(span))
    return _bounded(Part(clause, 0.0, 0.0, ends, agreement, problem), said, first, last), span


def _bounded(part: Part, said: list[Said], first: int, last: int) -> Part:
    """A part of which these are the first and the last word, with where the words about it are."""
    before = said[first - 1].middle if first else part.before
    after = said[last + 1].middle if last + 1 < len(said) else part.after
    return replace(part, start=said[first].start, end=said[last].end, before=before, after=after)


def _at_pauses(
    part: Part, own: range, spoken: Sequence[str], partner: dict[int, int], said: list[Said], language: str
) -> list[Part]:
    """A part divided where it is said with a long pause; as it is, where nothing was said of it."""
    pauses = [
        n
        for n in own[1:]
        if n - 1 in partner and n in partner and said[partner[n]].start - said[partner[n - 1]].end >= LONG_PAUSE
    ]
    if part.problem or not pauses:
        return [part]
    found, words, rest, done = list[Part](), part.text.split(), part, 0
    at = places(words, spoken, language)
    for n in pauses:
        here = at.get(n - own[0], 0)
        if done < here < len(words):
            text, left = " ".join(words[done:here]), " ".join(words[here:])
            last, first = partner[n - 1], partner[n]
            found.append(replace(rest, text=text, end=said[last].end, after=said[last + 1].middle, ends_sentence=False))
            before, apart = said[first - 1].middle, _seconds(said[last + 1 : first]) > LONGEST_SLIP
            rest, done = replace(rest, text=left, start=said[first].start, before=before, apart=apart), here
    return [*found, rest]


def _together(matched: list[int], partner: dict[int, int]) -> list[int]:
    """Most of a part's matches that have nothing longer than a slip of the recogniser between them."""
    groups: list[list[int]] = []
    for n in matched:
        last = groups[-1][-1] if groups else None
        if last is not None and (partner[n] - partner[last]) - (n - last) < LONGEST_RUN:
            groups[-1].append(n)
        else:
            groups.append([n])
    return max(groups, key=len, default=[])


def _longest_run(numbers: range, known: Container[int]) -> int:
    """How many of them, one after another, are not known."""
    return max((len(list(run)) for missing, run in groupby(numbers, lambda n: n not in known) if missing), default=0)
