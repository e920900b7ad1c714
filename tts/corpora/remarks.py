"""What of a folder or list is not used, or may be meant otherwise: said beside the first rows of a corpus."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tts.corpora.beside import TextBesideAudio
from tts.corpora.corpus import Corpus, Recording
from tts.corpora.folders import by_number, folders_of, telling
from tts.corpora.languages import says_language
from tts.corpora.libritts import LibriTTS
from tts.corpora.lists.files import audio_files
from tts.corpora.lists.meanings import instead_of_speakers
from tts.corpora.lists.table import Table
from tts.corpora.vctk import VCTK

SHOWN = 8
"""Names of columns."""
LETTERS = 40
"""Of a text."""
MICROPHONE = re.compile(r"_mic\d$")
"""Of VCTK's, after a recording's id."""


def remarks(corpus: Corpus, recordings: Iterable[Recording]) -> list[str]:
    """Of a corpus and all of its recordings, each a line. Only where there is something to be looked for is the corpus
    read on."""
    if not isinstance(corpus, Table | TextBesideAudio | LibriTTS | VCTK):
        return []
    root = Path(corpus.root).expanduser()
    if isinstance(corpus, LibriTTS | VCTK):
        return list(_without_text(recordings, root)) if corpus.speakers is None else []
    found = [recording for recording in recordings if not recording.stamp.startswith("missing")]
    return list(_remarks(corpus, found, root if root.is_dir() else root.parent))


def _remarks(corpus: Table | TextBesideAudio, recordings: list[Recording], root: Path) -> Iterator[str]:
    yield from _languages(corpus, recordings)
    if isinstance(corpus, Table) and (unused := corpus.unused_columns()):
        more = f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else ""
        yield f"columns that are not used: {', '.join(unused[:SHOWN])}{more}"
    if isinstance(corpus, TextBesideAudio):
        yield from _beginnings(recordings)
    listed = {recording.file for recording in recordings}
    files = audio_files(root)
    others = [path for path in files if str(path) not in listed]
    if 0 < len(others) < len(files):
        yield (
            f"audio files here that are in no line of the list: {len(others)} of {len(files)}, such as "
            f"{others[0].relative_to(root)}"
        )
    if corpus.speaker is None and corpus.speaker_folder is None:
        unnamed = [recording for recording in recordings if recording.speaker == corpus.name]
        yield from _folders_of_one(unnamed, root)
        yield from _folders_of_no_speakers([r for r in recordings if r.speaker != corpus.name and not r.problem], root)
        if isinstance(corpus, TextBesideAudio):
            yield from _folders_above([r for r in recordings if r.speaker != corpus.name and not r.problem], root)


def _languages(corpus: Table | TextBesideAudio, recordings: Iterable[Recording]) -> Iterator[str]:
    """Where there are several."""
    found = Counter(recording.language or corpus.language for recording in recordings if not recording.problem)
    if len(found) > 1:
        yield f"languages: {', '.join(f'{language} {count}' for language, count in found.most_common())}"


def _without_text(recordings: Iterable[Recording], root: Path) -> Iterator[str]:
    """Of layouts that go by the texts."""
    ids, files = {recording.id for recording in recordings}, audio_files(root)
    others = [path for path in files if MICROPHONE.sub("", path.stem) not in ids]
    if others:
        yield (f"audio files here without a text: {len(others)} of {len(files)}, such as {others[0].relative_to(root)}")


def _beginnings(recordings: list[Recording]) -> Iterator[str]:
    """What of texts is left out as it is not said, or is read though it may not be."""
    cut = [(r.written.before, r.text) for r in recordings if r.written and r.written.before]
    if cut:
        yield (
            f"what {len(cut)} texts begin with is taken for no speech, such as {cut[0][0]!r} before "
            f"{_short(cut[0][1])!r}; if it is said, write the texts into a list"
        )
    named = [r for r in recordings if re.match(rf"{re.escape(Path(r.file).stem)}\W+\w", r.text, re.IGNORECASE)]
    if len(named) > 1 and 2 * len(named) > len(recordings):
        yield (
            f"{len(named)} texts begin with the names of their recordings, such as {_short(named[0].text)!r}; if these "
            "are not said, take them out"
        )


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def _folders_of_one(recordings: list[Recording], root: Path) -> Iterator[str]:
    """Whether recordings of nobody known are in several folders, which may be speakers'."""
    for number, folders in by_number([folders_of(Path(r.file), root) for r in recordings]):
        found = list(dict.fromkeys(telling(folders)))
        if len(found) > 1:
            more = " and others" if len(found) > 2 else ""
            yield (
                f"files in {found[0]}/ and {found[1]}/{more} are taken for one speaker's; if each of these folders is "
                f"a speaker's, give corpus.speaker_folder={number}"
            )
            return


def _folders_of_no_speakers(recordings: list[Recording], root: Path) -> Iterator[str]:
    """Whether the folders by which speakers are called say something else, as how they speak."""
    named = dict.fromkeys(r.speaker for r in recordings if r.speaker in folders_of(Path(r.file), root))
    role, what = instead_of_speakers(named) or ("", "")
    if what and (role != "language" or all(map(says_language, named))):  # as initials look like codes
        yield (
            f"speakers are called by folders, such as {next(iter(named))}; if these are {what}, corpus.speaker=NAME "
            "takes all for one speaker's"
        )


def _folders_above(recordings: list[Recording], root: Path) -> Iterator[str]:
    """Whether speakers, who are called by the last folder, are in others, which may be the speakers'."""
    above = []
    for recording in recordings:
        folders = folders_of(Path(recording.file), root)
        above.append(folders[: len(folders) - 1 - folders[::-1].index(recording.speaker)])
    found = [(number, list(dict.fromkeys(telling(folders)))) for number, folders in by_number(above)]
    told = [(number, names) for number, names in found if names]
    if told:  # the first that has several, or else the nearest to the last
        number, names = next((one for one in told if len(one[1]) > 1), told[-1])
        yield (
            f"speakers are called by the last folder of their files, such as {recordings[0].speaker}; if "
            f"each folder such as {names[0]}/ is a speaker's, give corpus.speaker_folder={number}"
        )
