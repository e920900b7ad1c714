"""espeak-ng as a speaker: text in, speech and the exact time of every phone out.

espeak-ng keeps what it spoke before (noise seed, filter and echo memory, sentence state) in static variables that
nothing in its interface resets. Every utterance is therefore spoken by a private copy of the shared library, loaded
afresh and unloaded at once: about 7 ms, and the same bytes whatever was spoken before and in whatever thread.

Phone events mark where *sound* starts. The silent closure before a stop, an affricate or a weak fricative belongs to
that phone, so each start is moved back over the run of silent samples in front of it. A sample is silent when nothing
but the voice's own echo is in it: variants such as `f3` add a delayed copy of their output, which is subtracted to find
the closures.

Interface: `speak_lib.h` of espeak-ng 1.52 (github.com/espeak-ng/espeak-ng), echo as in its `wavegen.c`.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import espeakng_loader
import numpy as np

from tts.corpora.synthetic.espeak_voices import echo, languages, variants
from tts.errors import UserError
from tts.intervals import Interval
from tts.settings.schema import nearest
from tts.text.phonemes import LONGEST_WITH_SIGNS, LONGEST_WORD, SIGN

SAMPLE_RATE = 22050
"""Hz; of every voice but mbrola's, which the bundled library does not have."""
SILENCE = "sil"

_SYNCHRONOUS = 2
_PHONE_EVENTS, _IPA_NAMES, _DO_NOT_EXIT = 0x0001, 0x0002, 0x8000
_RATE, _PITCH = 1, 3
_UTF8 = 1
_WORD, _PHONE = 1, 7
_SEED = 1

_LANGUAGE_MARK = re.compile(r"\([^)]*\)?")
_STRESS_MARKS = str.maketrans("", "", "ˈˌ-")
_MODIFIER = re.compile("[ʰʲʷːˑˠˤ\u0300-\u036f]+")
"""Palatalisation and the like: events of their own in some languages, they belong to the phone before."""
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_CONTROL = re.compile("[\x00-\x1f\x7f\u2800-\u28ff\ud800-\udfff]+")
"""And Braille patterns, whose names overrun a buffer."""
_DOTTED = re.compile(r"(?:[^\W\d_]\s*\.\s*){2,}")
_CLAUSE, _ITEM = re.compile(r"[.,;:!?…—]\s"), re.compile(r"\d+|[^\W\d]+|\S")
_MOST_DOTTED, _MOST_ITEMS = 60, 250
"""Bytes of letters with full stops between them, and words of a clause: see `tts.text.phonemes`, which cuts such text
up. Here times go with what is written, so it is refused."""

# The C library's strtok and setlocale, which espeak-ng calls, are shared by all copies.
_one_at_a_time = threading.Lock()


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_void_p), ("string", ctypes.c_ubyte * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class EspeakOutput:
    """What espeak-ng made of a text: sound and times."""

    wav: np.ndarray
    """[samples], float32 in [−1, 1], mono."""
    sample_rate: int
    """Hz."""
    phones: list[Interval]
    """IPA without stress marks, and `sil`; contiguous from 0 to the end of `wav`, in seconds. A coda l that espeak
    merges into its vowel is kept with no length."""
    words: list[Interval]
    """The written words, from the start of their first phone to the end of their last. Words that espeak runs together
    (`out of`) share one interval."""


@dataclass(frozen=True)
class _Mark:
    kind: int
    sample: int
    name: str
    """Of a phone; the empty name is a pause."""
    position: int
    """Of a word: where it starts in the text, counted from 0."""


@dataclass(frozen=True)
class EspeakEngine:
    """One espeak-ng voice at one rate and pitch. Holds no resources; safe to pickle and to share between threads.

    Raises
    ------
    UserError: unknown language or variant, rate or pitch out of range.
    """

    voice: str = "en-us+f3"
    """A language, and after `+` a variant of the speaker: f1–f5, m1–m8, klatt, …"""
    rate: int = 175
    """Words per minute, 80–450."""
    pitch: int = 50
    """0–99; 50 is the variant's own."""

    def __post_init__(self) -> None:
        if self.language not in languages():
            known = nearest(self.language, languages())
            raise UserError(f"espeak voice {self.voice!r}: unknown language {self.language!r}{known}")
        if not 80 <= self.rate <= 450:
            raise UserError(f"espeak rate {self.rate}: must be within 80–450 words per minute")
        if not 0 <= self.pitch <= 99:
            raise UserError(f"espeak pitch {self.pitch}: must be within 0–99")
        if self.variant and self.variant not in variants():
            known = nearest(self.variant, variants())
            raise UserError(f"espeak voice {self.voice!r}: unknown variant {self.variant!r}{known}")

    @property
    def language(self) -> str:
        return self.voice.partition("+")[0]

    @property
    def variant(self) -> str:
        return self.voice.partition("+")[2]

    def speak(self, text: str) -> EspeakOutput:
        """Speak `text`. The result depends on the voice, rate, pitch and text alone, to the byte.

        Raises
        ------
        UserError: the text holds nothing to say, or a word or clause beyond espeak-ng's buffers; the library cannot be
            loaded.
        """
        text = _CONTROL.sub(" ", text)
        _check_length(text)
        samples, marks = self._synthesise(text)
        if not any(mark.kind == _PHONE and mark.name for mark in marks):
            raise UserError(f"espeak finds nothing to say in {text!r}; give words of {self.language!r}")
        phones, words = _intervals(marks, _silent(samples, *echo(self.variant, SAMPLE_RATE)), text)
        return EspeakOutput(samples.astype(np.float32) / 32768, SAMPLE_RATE, phones, words)

    def _synthesise(self, text: str) -> tuple[np.ndarray, list[_Mark]]:
        """int16 samples, and the events in order of time."""
        chunks: list[bytes] = []
        marks: list[_Mark] = []

        def collect(wav: ctypes._Pointer, count: int, events: ctypes._Pointer) -> int:
            if wav and count > 0:
                chunks.append(ctypes.string_at(wav, 2 * count))
            i = 0
            while (event := events[i]).type:
                if event.type in (_WORD, _PHONE):
                    name = _phone_name(bytes(event.id.string)) if event.type == _PHONE else ""
                    if name is not None:
                        marks.append(_Mark(event.type, event.sample, name, event.text_position - 1))
                i += 1
            return 0

        callback = _Callback(collect)
        encoded = text.encode()
        with _one_at_a_time, _private_library() as library:
            options = _PHONE_EVENTS | _IPA_NAMES | _DO_NOT_EXIT
            data = espeakng_loader.get_data_path().encode()
            if library.espeak_Initialize(_SYNCHRONOUS, 0, data, options) != SAMPLE_RATE:
                raise UserError(f"espeak-ng cannot read its data; reinstall espeakng-loader ({data.decode()})")
            name = "+".join(filter(None, [languages()[self.language], self.variant]))
            if library.espeak_SetVoiceByName(name.encode()) != 0:
                raise UserError(f"espeak-ng cannot load the voice {self.voice!r}; reinstall espeakng-loader")
            library.espeak_SetSynthCallback(callback)
            library.espeak_SetParameter(_RATE, self.rate, 0)
            library.espeak_SetParameter(_PITCH, self.pitch, 0)
            # Otherwise the breath noise is seeded from the clock.
            library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
            size = ctypes.c_size_t(len(encoded) + 1)
            if library.espeak_Synth(encoded, size, 0, 0, 0, _UTF8, None, None) != 0:
                raise UserError(f"espeak-ng could not speak {text!r}")
        return np.frombuffer(b"".join(chunks), np.int16), marks


def _check_length(text: str) -> None:
    """Refuse what espeak-ng would write behind its buffers."""
    for word in text.split():
        if len(word) > LONGEST_WORD or (len(word.encode()) > LONGEST_WITH_SIGNS and SIGN.search(word)):
            raise UserError(f"word of {len(word)} characters, {word[:20]}…: write it shorter or put spaces in it")
    for dotted in _DOTTED.finditer(text):
        if len(re.sub(r"[\s.]", "", dotted[0]).encode()) > _MOST_DOTTED:
            raise UserError(f"too many letters with full stops in a row, {dotted[0][:20]}…: leave out some full stops")
    for clause in _CLAUSE.split(text):
        if len(_ITEM.findall(clause)) > _MOST_ITEMS:
            raise UserError(
                f"more than {_MOST_ITEMS} words without a mark after {clause[:20]!r}…: put a comma or full stop"
            )


@contextmanager
def _private_library() -> Iterator[ctypes.CDLL]:
    source = Path(espeakng_loader.get_library_path())
    with tempfile.TemporaryDirectory(prefix="smma-tts-espeak-") as folder:
        copy = Path(folder) / source.name
        try:
            shutil.copyfile(source, copy)
            library = ctypes.CDLL(str(copy))
        except OSError as error:
            raise UserError(
                f"espeak-ng could not be loaded from {folder} ({error}); "
                "set TMPDIR to a folder with room, from which libraries may be loaded"
            ) from error
        try:
            yield library
        finally:
            library.espeak_Terminate()
            _unload(library)


def _unload(library: ctypes.CDLL) -> None:
    import _ctypes  # ctypes has no public way to unload a library

    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)
    else:
        _ctypes.dlclose(library._handle)


def _phone_name(raw: bytes) -> str | None:
    """The phone in an event's 8 bytes, which need not end with NUL and may be cut inside a character.

    Empty for a pause, None for an event that only marks a change of language, such as `(en)`.
    """
    name = raw.split(b"\0", 1)[0].decode(errors="ignore")
    phone = _LANGUAGE_MARK.sub("", name).translate(_STRESS_MARKS).strip()
    return None if name and not phone else phone


def _silent(samples: np.ndarray, delay: int, strength: int) -> np.ndarray:
    """[samples], bool: nothing is sounding but the echo of what sounded before."""
    if not delay:
        return samples == 0
    past = np.zeros(len(samples), np.int32)
    past[delay:] = samples[:-delay]
    # Recorded sounds (bursts, voiceless fricatives) enter the echo at three quarters of their strength.
    recorded = np.trunc(past * 0.75).astype(np.int32)
    return (samples == (past * strength) >> 8) | (samples == (recorded * strength) >> 8)


def _intervals(marks: list[_Mark], silent: np.ndarray, text: str) -> tuple[list[Interval], list[Interval]]:
    """Phones and words from the events, closures moved to the phone they announce."""
    sounding = np.flatnonzero(~silent)
    labels: list[str] = []
    starts: list[int] = []
    owners: list[int] = []
    spans: list[int] = []
    earliest = 0
    for mark in marks:
        if mark.kind == _WORD:
            spans.append(mark.position)
            if not labels or labels[-1] == SILENCE:
                earliest = max(earliest, mark.sample)
            continue
        if labels and labels[-1] != SILENCE and _MODIFIER.fullmatch(mark.name):
            labels[-1] += mark.name
            continue
        start = mark.sample
        if mark.name:
            before = int(np.searchsorted(sounding, start))
            start = max(earliest, int(sounding[before - 1]) + 1 if before else 0)
        earliest = max(earliest, start)
        if not mark.name and labels and labels[-1] == SILENCE:
            continue
        labels.append(mark.name or SILENCE)
        starts.append(start)
        owners.append(len(spans) - 1 if mark.name else -1)
    if starts[0] > 0:
        labels, starts, owners = [SILENCE, *labels], [0, *starts], [-1, *owners]
    times = [start / SAMPLE_RATE for start in starts] + [len(silent) / SAMPLE_RATE]
    phones = [Interval(label, times[i], times[i + 1]) for i, label in enumerate(labels)]
    words = []
    for index, (first, last) in enumerate(pairwise([*spans, len(text)])):
        own = [phone for phone, owner in zip(phones, owners, strict=True) if owner == index]
        label = _EDGES.sub("", text[first:last])
        if own and label:
            words.append(Interval(label, own[0].start, own[-1].end))
    return [phone for phone in phones if phone.label != SILENCE or phone.end > phone.start], words
