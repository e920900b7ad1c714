"""One recording checked, trimmed, cut and written: what a worker of the preparation does."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.corpus import Recording
from tts.data.manifest import NOT_UTF8
from tts.errors import UserError
from tts.intervals import Interval, write_textgrid
from tts.preparation.bandwidth import bandwidth
from tts.preparation.corrections import NONE, Corrections
from tts.preparation.cutting import Piece, cut
from tts.preparation.limits import Limits
from tts.preparation.not_speech import not_speech
from tts.preparation.pauses import Span, levels, speech_spans
from tts.settings.schema import plain
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, front_end
from tts.text.tokens import Tokens

Truth = Mapping[str, list[Interval]] | None
UNREADABLE, FAILED = "unreadable or empty audio", "failed"
"""Reasons whose cause may lie outside the recording: permissions, the network, memory, a codec that is missing."""
IN_REVIEW = "rejected in review"
UNSAFE = re.compile(r'[/\\<>:"|?*~\x00-\x1f\x7f]')
"""Not in an id: path separators, what some file systems refuse, and the `~` that marks pieces."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Not in a speaker's name, which is that of a tier in a TextGrid, too."""


@dataclass(frozen=True)
class Rejected:
    """One line of `rejected.tsv`."""

    id: str
    reason: str
    """One of a few phrases, to count by."""
    detail: str


class _Reject(Exception):
    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Outcome:
    """What became of one recording. `accepted` holds the fields of `Utterance`, all but the split and the original."""

    accepted: list[dict[str, Any]]
    rejected: list[Rejected]

    @property
    def final(self) -> bool:
        """Whether the same recording, tried again, would come to the same."""
        return not any(r.reason in (UNREADABLE, FAILED) for r in self.rejected)


@dataclass(frozen=True)
class _Speech:
    """The sound of a recording that holds speech."""

    wav: torch.Tensor
    """[samples] at the corpus's rate."""
    spans: list[Span]
    """Where in it there is speech."""
    truth: Truth
    bandwidth: float | None
    """Hz up to which it goes; None where that is half the corpus's rate."""
    channel: str
    """What was taken of several, as in `Sound`."""
    start: float
    """Seconds in its file at which it begins."""
    file_seconds: float
    whole_seconds: float | None
    """How long that was before it was cut off; None where it is whole."""


class UtteranceMaker:
    """Turns recordings into files in `out/audio` (and `out/truth`) and lines of the manifest. Picklable."""

    def __init__(
        self, out: Path, audio: AudioConfig, text: TextConfig, limits: Limits, corrections: Corrections = NONE
    ) -> None:
        self.out, self.audio, self.limits, self.corrections = out, audio, limits, corrections
        self.front_end = TextFrontEnd(text)

    def __call__(self, recording: Recording) -> Outcome:
        """Never raises for what is wrong with one recording."""
        try:
            check_id(recording.id)
            check_speaker(recording.speaker)
            self._check_verdict(recording.id)
            if recording.problem:
                raise _Reject("unclear", recording.problem)
            text = self._corrected(recording.id, check_text(recording.text))
            self._tokens(text, recording.language)
            speech = self._speech(recording)
            pieces = self._pieces(text, speech.spans, recording.language)
        except _Reject as rejection:
            return Outcome([], [Rejected(recording.id, rejection.reason, rejection.detail)])
        except Exception as error:  # a decoder's or a corpus's own failure must not stop the other recordings
            return Outcome([], [Rejected(recording.id, FAILED, f"{type(error).__name__}: {error}")])
        outcome = Outcome([], [])
        for number, piece in enumerate(pieces, 1):
            id = recording.id if len(pieces) == 1 else f"{recording.id}~{number:02d}"
            try:
                if len(pieces) > 1:
                    self._check_verdict(id)
                    piece = piece._replace(text=self._corrected(id, piece.text))
                outcome.accepted.append(self._write(id, recording, piece, speech))
            except _Reject as rejection:
                outcome.rejected.append(Rejected(id, rejection.reason, rejection.detail))
        return outcome

    def _check_verdict(self, id: str) -> None:
        if self.corrections.rejects(id):
            raise _Reject(IN_REVIEW)

    def _corrected(self, id: str, text: str) -> str:
        return check_text(self.corrections.text(id, text))

    def _tokens(self, text: str, language: str) -> Tokens:
        """`language`: empty for the corpus's."""
        try:
            if language in ("", self.front_end.config.language):
                return self.front_end(text)
            return front_end(replace(self.front_end.config, language=language))(text).in_language(language)
        except UserError as error:
            raise _Reject("unpronounceable text", str(error)) from error

    def _speech(self, recording: Recording) -> _Speech:
        rate = self.audio.sample_rate
        try:
            sound = recording.load()
            clipping = _Clipping(sound.blocks)
            wav = waveform.gather(clipping, sound.sample_rate, rate, sound.seconds)
        except waveform.TooLong as error:
            raise _Reject("too long", str(error)) from error
        except (UserError, OSError) as error:
            raise _Reject(UNREADABLE, str(error)) from error
        if not len(wav):
            raise _Reject(UNREADABLE, "no samples")
        if clipping.share > self.limits.max_clipped:
            raise _Reject("clipped", f"{100 * clipping.share:.2f} % of the samples")
        loudest = float(levels(wav, rate).max())
        if loudest < self.limits.min_level:
            raise _Reject("silent", f"loudest 20 ms at {loudest:.0f} dBFS")
        spans = speech_spans(wav, rate)
        if not spans:
            raise _Reject("silent", "nothing but clicks")
        flaw = not_speech(wav, rate, spans)
        if flaw:
            raise _Reject("no speech", flaw)
        highest = min(bandwidth(wav, rate) or rate / 2, sound.sample_rate / 2)
        narrow = highest if highest < rate / 2 else None
        if not 0 <= sound.start < math.inf:  # nor NaN
            raise _Reject(UNREADABLE, f"it would begin at {sound.start} s of its file")
        file_seconds = max(sound.file_seconds or 0.0, sound.start + clipping.count / sound.sample_rate)
        whole = sound.cut_from(file_seconds)
        return _Speech(wav, spans, sound.truth, narrow, sound.channel, sound.start, file_seconds, whole)

    def _pieces(self, text: str, spans: list[Span], language: str) -> list[Piece]:
        whole = Piece(text, Span(spans[0].start, spans[-1].end))
        limits, margins = self.limits, 2 * self.limits.margin_seconds
        if whole.span.seconds + margins <= limits.cut_seconds:
            return [whole]
        longest = limits.max_seconds - margins
        pieces = cut(text, spans, partial(self._size, language=language), limits.cut_seconds - margins, longest)
        if pieces is None and whole.span.seconds + margins > limits.max_seconds:
            detail = "no pauses that fit the ends of its sentences and clauses"
            raise _Reject("too long", f"{whole.span.seconds + margins:.1f} s, and {detail}")
        return pieces or [whole]

    def _size(self, text: str, language: str) -> int:
        try:
            return _spoken(self._tokens(text, language))
        except _Reject:  # a chunk between two breaks may hold nothing but signs
            return 0

    def _write(self, id: str, recording: Recording, piece: Piece, speech: _Speech) -> dict[str, Any]:
        tokens, rate = self._tokens(piece.text, recording.language), self.audio.sample_rate
        spans = speech.spans
        start, end = self._bounds(piece.span, spans, len(speech.wav))
        wav = speech.wav[start:end]
        seconds = len(wav) / rate
        if seconds < self.limits.min_seconds:
            raise _Reject("too short", f"{seconds:.2f} s")
        if seconds > self.limits.max_seconds:
            raise _Reject("too long", f"{seconds:.1f} s")
        frames = 1 + len(wav) // self.audio.hop_length
        if frames < len(tokens):
            raise _Reject("fewer frames than phones", f"{frames} frames for {len(tokens)} tokens")
        if len(wav) <= self.audio.n_fft // 2:
            raise _Reject("too short", f"{len(wav)} samples, fewer than half an FFT window")
        spoken = sum(span.seconds for span in spans if piece.span.start <= span.start < piece.span.end)
        units = _spoken(tokens) / spoken
        if not self.limits.min_rate <= units <= self.limits.max_rate:
            raise _Reject("speaking rate out of range", f"{units:.1f} units per second of speech")
        waveform.write(self.out / "audio" / f"{id}.flac", wav, rate)
        if speech.truth is not None:
            tiers = clip_tiers(speech.truth, start / rate, end / rate)
            write_textgrid(self.out / "truth" / f"{id}.TextGrid", tiers, seconds)
        return {
            "id": id,
            "recording": recording.source,
            "speaker": recording.speaker,
            "text": piece.text,
            "seconds": seconds,
            "style": recording.style,
            **{name: row for name, row in plain(tokens).items() if name != "mark"},  # of text to be spoken alone
            "bandwidth": speech.bandwidth,
            "channel": speech.channel,
            "offset": speech.start + start / rate,
            "original_seconds": speech.file_seconds,
            "whole_seconds": speech.whole_seconds,
        }

    def _bounds(self, span: Span, spans: list[Span], samples: int) -> tuple[int, int]:
        """First and last sample of a piece with its margins, which go no further than half-way into a pause."""
        before = max((s.end for s in spans if s.end <= span.start), default=None)
        after = min((s.start for s in spans if s.start >= span.end), default=None)
        left = right = self.limits.margin_seconds
        if before is not None:
            left = min(left, (span.start - before) / 2)
        if after is not None:
            right = min(right, (after - span.end) / 2)
        rate = self.audio.sample_rate
        return max(0, round((span.start - left) * rate)), min(samples, round((span.end + right) * rate))


def check_id(id: str) -> None:
    """An id becomes a file name: refuse what is none, or would lead elsewhere."""
    if NOT_UTF8.search(id):
        raise _Reject("unsafe id", "a file name that is not UTF-8; rename the file")
    if not id or len(id.encode()) > 200 or id.startswith(".") or id != id.strip() or UNSAFE.search(id):
        raise _Reject(
            "unsafe id",
            'an id is a file name: not empty, at most 200 bytes, no leading dot, / \\ : * ? " < > | ~',
        )


def check_speaker(speaker: str) -> None:
    """A speaker's name is written into manifests and voices."""
    if NOT_UTF8.search(speaker):
        raise _Reject("unsafe speaker", "a folder name that is not UTF-8; rename the folder")
    if CONTROL.search(speaker):
        raise _Reject("unsafe speaker", f"{speaker[:100]!r} holds a line end or another control character")


def one_line(text: str) -> str:
    """With single spaces, in composed Unicode."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def control_character(text: str) -> str:
    """The first control character of a text on one line, as in U+0000; empty where there is none."""
    return next((f"U+{ord(c):04X}" for c in text if unicodedata.category(c) == "Cc"), "")


def check_text(text: str) -> str:
    """The text on one line, in composed Unicode."""
    text = one_line(text)
    if not text:
        raise _Reject("empty text")
    if "\ufffd" in text or NOT_UTF8.search(text):
        raise _Reject("unpronounceable text", "holds bytes that are not UTF-8")
    return text


class _Clipping:
    """The stretches of a sound; once they are gone through, `share` is the clipped share of its `count` samples."""

    def __init__(self, blocks: Iterable[torch.Tensor]) -> None:
        self._blocks, self._clipped, self.count = blocks, 0.0, 0

    def __iter__(self) -> Iterator[torch.Tensor]:
        for block in self._blocks:
            if len(block):
                self._clipped += clipped_share(block) * len(block)
                self.count += len(block)
            yield block

    @property
    def share(self) -> float:
        return self._clipped / max(self.count, 1)


def clipped_share(wav: torch.Tensor) -> float:
    """Share of the samples of `wav` [samples] in runs of three or more at its peak, where that is near full scale."""
    magnitude = wav.abs()
    peak = float(magnitude.max())
    if peak < 0.9 or len(wav) < 3:
        return 0.0
    at = magnitude >= peak - 1e-4
    runs = at[:-2] & at[1:-1] & at[2:]
    members = torch.zeros_like(at)
    for shift in range(3):
        members[shift : shift + len(runs)] |= runs
    return float(members.double().mean())


def clip_tiers(tiers: Mapping[str, list[Interval]], start: float, end: float) -> dict[str, list[Interval]]:
    """Intervals between `start` and `end` seconds, on a clock that begins at `start`."""
    return {
        name: [
            Interval(i.label, max(i.start, start) - start, min(i.end, end) - start)
            for i in intervals
            if min(i.end, end) > max(i.start, start)
        ]
        for name, intervals in tiers.items()
    }


def _spoken(tokens: Tokens) -> int:
    return sum(word >= 0 for word in tokens.word)
