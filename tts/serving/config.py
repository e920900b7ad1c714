"""Settings of the server."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,512}=*")
"""What a bearer token may be (RFC 6750); shorter ones are guessed."""
TOKEN_VARIABLE = "TTS_SERVE_TOKEN"


@dataclass(frozen=True)
class ServeConfig:
    """Of `tts-serve`."""

    voices: str
    """Folder of voices (of training, of runs, of tts-export format=onnx), one voice, or base."""
    host: str = "127.0.0.1"
    """Address to listen on: 127.0.0.1 is heard on this machine only, 0.0.0.0 everywhere."""
    port: int = 8000
    """Port for HTTP and WebSocket; 0 for any that is free."""
    wyoming: bool = False
    """Whether it also speaks Wyoming, the protocol of Home Assistant, which knows no token."""
    wyoming_port: int = 10200
    """Port for Wyoming; 0 for any that is free."""
    token: str | None = None
    """Bearer token that clients must send, 16 characters or more; null for TTS_SERVE_TOKEN of the environment, and
    without that for none."""
    origins: tuple[str, ...] = ()
    """Web pages that may use it besides its own, such as https://example.org."""
    hosts: tuple[str, ...] = ()
    """Names that it may be called by, such as speech.lan; others are refused where it listens on this machine only, or
    where names are given."""
    default: str | None = None
    """Voice for requests that name none of them, or a model of OpenAI's; null for the first by name."""
    characters: int = 4096
    """Longest text of a request, in characters."""
    concurrency: int | None = None
    """Sentences spoken at the same time; null for one per core."""
    threads: int = 1
    """Threads that speak one sentence."""
    requests: int = 64
    """Requests at the same time, those that wait included; more are answered with 429."""
    connections: int = 256
    """Connections at the same time; more are answered with 503, and of Wyoming closed."""
    wait: float = 20.0
    """Seconds until the first sentence is made, or the request is answered with 503 if it was not begun, 504 if it
    was."""
    seconds: float = 300.0
    """Seconds that a request may take to speak, without those in which its client takes no sound."""
    stall: float = 30.0
    """Seconds in which a client takes nothing of what it asked for, or sends no more of its text, until it is left."""
    grace: float = 30.0
    """Seconds that requests have to end when the server is stopped."""
    reload: float = 2.0
    """Seconds between looks at the folder of voices for what has changed; 0 for never."""
    validation: bool = False
    """Whether the last validation of each voice's run is shown: its held-out recordings, and what the model makes of
    them."""
    log_texts: bool = False
    """Whether the log has the texts that are spoken."""

    def __post_init__(self) -> None:
        if not (0 <= self.port < 1 << 16 and 0 <= self.wyoming_port < 1 << 16):
            raise ValueError("port and wyoming_port must lie between 0 and 65535")
        if self.bearer is not None and not TOKEN.fullmatch(self.bearer):
            raise ValueError("token: 16 characters or more, letters, digits and ._~+/-")
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError("concurrency must be at least 1, or null")
        for name in ("characters", "threads", "requests", "connections"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("wait", "seconds", "stall", "grace"):
            if not 0 < getattr(self, name) < 1e6:
                raise ValueError(f"{name} must be a number of seconds above 0")
        if not 0 <= self.reload < 1e6:
            raise ValueError("reload must be a number of seconds, or 0")

    @property
    def bearer(self) -> str | None:
        """The token that clients must send, if any."""
        return self.token if self.token is not None else os.environ.get(TOKEN_VARIABLE) or None

    @property
    def workers(self) -> int:
        """Sentences spoken at the same time."""
        if self.concurrency is not None:
            return self.concurrency
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return usable or 1
