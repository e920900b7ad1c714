"""Manifests of Lhotse: recordings and what is said where in them, or cuts that hold both; its recipes make them of
corpora as they are published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple

from tts.corpora.corpus import Corpus, NotThisLayout, Part, Recording, from_file
from tts.corpora.languages import of_all
from tts.corpora.lhotse_recipes import read_recipe
from tts.corpora.lists.files import AudioFiles, Found
from tts.corpora.lists.in_folder import what_is_in
from tts.errors import UserError

WHOLE = 0.02
"""Seconds by which a supervision may differ from its recording and still be all of it."""


class _Said(NamedTuple):
    """A supervision, its recording, and where in that it begins."""

    supervision: Any
    recording: Any
    start: float
    problem: str = ""


@dataclass(frozen=True)
class Lhotse(Corpus):
    """Lhotse's manifests, read by lhotse: NAME_recordings and NAME_supervisions, or NAME_cuts, .jsonl.gz or .jsonl; or
    a corpus as it was downloaded, read by one of Lhotse's recipes."""

    root: str
    """Folder with the manifests, or with the corpus that the recipe reads."""
    recipe: str | None = None
    """One of Lhotse's recipes, as in corpus.recipe=aishell3, hifitts or mls; null for manifests."""
    recipe_options: dict[str, str | int | float | bool | list[str] | None] = field(default_factory=dict)
    """Arguments of the recipe, as in '+corpus.recipe_options={mic_id: mic1}' of vctk."""
    speaker: str | None = None
    """Who speaks in all recordings; null for whom the manifests name."""
    layout: Literal["lhotse"] = "lhotse"
    name: str = "lhotse"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        said = list(_supervisions(root) if self.recipe is None else _of_recipe(self.recipe, root, self.recipe_options))
        languages = of_all([s.supervision.language or "" for s in said], self.language, str(root))
        files = AudioFiles(root)
        sources = [_source(one) for one in said]
        listed = [(i, str(source.source)) for i, source in enumerate(sources) if source is not None]
        found = dict(zip((i for i, _ in listed), files.find([name for _, name in listed]), strict=True))
        for i, (one, language) in enumerate(zip(said, languages, strict=True)):
            recording = self._recording(one, sources[i], found.get(i, Found(None)), root)
            yield replace(recording, language=language)

    def _recording(self, one: _Said, source: Any, found: Found, root: Path) -> Recording:
        supervision, recording, channel = one.supervision, one.recording, _channel(one)
        problem, path, part = one.problem or _problem(recording, source) or found.problem, root / "none", Part()
        if source is not None and not problem:
            path = found.path or Path(source.source)
            whole = one.start < WHOLE and abs(supervision.duration - recording.duration) < WHOLE
            taken = source.channels.index(channel) + 1 if len(source.channels) > 1 else None
            part = Part(taken) if whole else Part(taken, one.start, supervision.duration)
        made = from_file(
            supervision.id.replace("/", "-"),
            self.speaker or supervision.speaker or self.name,
            supervision.text or "",
            path,
            part,
        )
        return replace(made, recording=recording.id.replace("/", "-"), problem=problem)


def _channel(one: _Said) -> int:
    channel = one.supervision.channel
    return channel if isinstance(channel, int) else min(channel, default=0)


def _source(one: _Said) -> Any:
    return next((source for source in one.recording.sources if _channel(one) in source.channels), None)


def _problem(recording: Any, source: Any) -> str:
    if source is None:
        return f"no source of recording {recording.id} has its channel"
    if source.type != "file":
        return f"its sound is no file but a {source.type}; save it as one"
    if recording.transforms:
        return "its recording is to be transformed; save it with lhotse as it should be"
    return ""


def _of_recipe(recipe: str, root: Path, options: Mapping[str, Any]) -> Iterator[_Said]:
    for part, recordings, supervisions in read_recipe(_lhotse(root), recipe, root, options):
        yield from _paired(recordings, supervisions, f"{root} {part}".strip())


def _paired(recordings: Iterable[Any], supervisions: Iterable[Any], where: str) -> Iterator[_Said]:
    by_id = {recording.id: recording for recording in recordings}
    for supervision in supervisions:
        if supervision.recording_id not in by_id:
            raise UserError(f"{where}: {supervision.id} is of {supervision.recording_id}, of which there is none")
        yield _Said(supervision, by_id[supervision.recording_id], supervision.start)


def _supervisions(root: Path) -> Iterator[_Said]:
    if not root.is_dir():
        raise UserError(f"{root}: no such folder")
    pairs = {path: _partner(path) for path in _manifests(root, "supervisions")}
    cuts = _manifests(root, "cuts")
    if not pairs and not cuts:
        raise NotThisLayout(
            f"{root}: neither *supervisions*.jsonl(.gz) nor *cuts*.jsonl(.gz) here; {what_is_in(root)}; a "
            "corpus that Lhotse has a recipe for is read with corpus.recipe=NAME"
        )
    if pairs and cuts:
        raise UserError(
            f"{root}: holds supervisions ({next(iter(pairs)).name}) and cuts ({cuts[0].name}); keep what should be "
            "read in a folder of its own"
        )
    lhotse = _lhotse(root)
    try:
        for path, partner in pairs.items():
            recordings = lhotse.RecordingSet.from_file(partner)
            yield from _paired(recordings, lhotse.SupervisionSet.from_file(path), f"{path} with {partner.name}")
        for path in cuts:
            for cut in lhotse.CutSet.from_file(path):
                mixed = "" if hasattr(cut, "recording") and cut.recording else "its cut is mixed or has no recording"
                for supervision in cut.supervisions:
                    if mixed:
                        raise UserError(f"{path}: {cut.id}: {mixed}; save it with lhotse as recordings")
                    yield _Said(supervision, cut.recording, cut.start + supervision.start)
    except UserError:
        raise
    except Exception as error:  # whatever lhotse raises for what is damaged
        raise UserError(f"{root}: lhotse cannot read its manifests ({type(error).__name__}: {error})") from error


def _manifests(root: Path, kind: str) -> list[Path]:
    return sorted(path for ending in ("jsonl", "jsonl.gz") for path in root.glob(f"*{kind}*.{ending}"))


def _partner(path: Path) -> Path:
    partner = path.with_name(path.name.replace("supervisions", "recordings"))
    if not partner.is_file():
        raise UserError(f"{path}: no {partner.name} beside it; {what_is_in(path.parent)}")
    return partner


def _lhotse(root: Path) -> ModuleType:
    try:
        import lhotse
    except ImportError as error:
        raise UserError(f"{root} needs lhotse ({error}): pip install 'smma-tts[lhotse]'") from error
    return lhotse
