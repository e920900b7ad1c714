"""Files that FFmpeg opens, and the frames of their sound."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

CONTAINERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,"
    "nistsphere,ogg,rm,tak,tta,voc,w64,wav,webm,wv,xwma"
)
"""FFmpeg's names of those that it may open: each is one file. Playlists and the like would open further ones."""
WITH_A_CLOCK = {"matroska", "mov", "asf", "flv"}
"""Containers whose sound may begin later than what they show, or stop and go on."""
FROM_ANY_TIME = {"mpeg", "mpegts"}
"""Likewise; their clock does not begin at 0."""


def container(source: Path | BytesIO, format: str | None) -> Any:
    """The file, or what is in memory, opened as one of `CONTAINERS` or in this format."""
    options = {"protocol_whitelist": "file"} | ({} if format else {"format_whitelist": CONTAINERS})
    # With a protocol named, no colon in a path is taken for the end of one.
    place = f"file:{source.absolute()}" if isinstance(source, Path) else source
    return av.open(place, format=format, options=options, metadata_errors="replace")


def sound_of(file: Any) -> Any:
    """Of the tracks of sound the one that players begin with, or the first."""
    tracks = file.streams.audio
    return next((track for track in tracks if track.disposition & Disposition.default), tracks[0])


def frames_of(file: Any) -> Iterator[Any]:
    """Decoded frames of the track of sound; the last packet of a file that was cut off is left out."""
    damage: av.FFmpegError | None = None
    for packet in file.demux(sound_of(file)):
        try:
            frames = packet.decode()
        except av.InvalidDataError as error:
            damage = error
            continue
        if damage is not None and frames and packet.size:
            raise damage
        yield from frames


def zero_of(file: Any) -> float | None:
    """What a container's clock shows at its start, in seconds; None where it has none that counts."""
    names = set(file.format.name.split(","))
    if names & FROM_ANY_TIME:
        return None if file.start_time is None else float(file.start_time / av.time_base)
    return 0.0 if names & WITH_A_CLOCK else None
