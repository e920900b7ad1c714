"""What Prometheus is told."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)


class Metrics:
    """Of one server; their labels take few values, none of them from a request."""

    def __init__(self, voices: Callable[[], int]) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "tts_requests",
            "Requests for speech by interface and outcome, as statuses of HTTP.",
            ("interface", "status"),
            registry=registry,
        )
        self.answers = Counter("tts_answers", "Answers of HTTP by status.", ("status",), registry=registry)
        self.first_sound = Histogram(
            "tts_first_sound_seconds", "From a request to its first sentence.", registry=registry, buckets=SECONDS
        )
        self.spoken = Counter("tts_spoken_seconds", "Seconds of speech made.", registry=registry)
        self.working = Counter("tts_working_seconds", "Seconds spent making speech.", registry=registry)
        self.open = Gauge("tts_open_requests", "Requests that are spoken or wait.", registry=registry)
        loaded = Gauge("tts_voices", "Voices loaded.", registry=registry)
        loaded.set_function(voices)
