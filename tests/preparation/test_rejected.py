"""What preparation rejects, and the reasons that it gives."""

import dataclasses
from pathlib import Path

import torch
from recordings import AUDIO, RATE, babble, fail, reasons, rec, run, spoken

from tts.audio import waveform
from tts.corpora.corpus import Recording, Sound
from tts.errors import UserError
from tts.preparation.limits import Limits


def test_every_flaw_is_listed_with_its_reason(tmp_path: Path) -> None:
    good = spoken(1.0)
    loud = spoken(1.0)
    loud[10000:12000] = 1.0
    report = run(
        tmp_path, rec("good", good), rec("good", good), rec("../up", good), rec(".hidden", good),
        rec("blank", good, "  "),
        rec("signs", good, "?! --"), rec("mojibake", good, "caf\ufffd"), Recording("broken", "me", "a", fail),
        rec("empty", torch.zeros(0)), rec("quiet", torch.zeros(RATE)), rec("clipped", loud),
        rec("long", spoken(14.0), "one long breath " * 9), rec("fast", spoken(1.0), "much " * 14),
        rec("slow", spoken(7.0), "oh"), rec("dense", spoken(0.3), "a much too long text"),
    )  # fmt: skip
    assert reasons(tmp_path) == {
        "good": "duplicate id", "../up": "unsafe id", ".hidden": "unsafe id", "blank": "empty text",
        "signs": "unpronounceable text", "mojibake": "unpronounceable text",
        "broken": "unreadable or empty audio",
        "empty": "unreadable or empty audio", "quiet": "silent", "clipped": "clipped", "long": "too long",
        "fast": "speaking rate out of range", "slow": "speaking rate out of range",
        "dense": "speaking rate out of range",
    }  # fmt: skip
    assert report.utterances["train"] == 1 and sum(report.rejected.values()) == 14
    assert not (tmp_path.parent / "up.flac").exists()
    assert "duplicate id" in report.table()


def test_what_is_loud_but_no_speech_is_rejected(tmp_path: Path) -> None:
    time = torch.arange(round(1.5 * RATE)) / RATE

    def tone(hertz: float) -> torch.Tensor:
        return torch.sin(2 * torch.pi * hertz * time)

    flat = torch.full_like(time, 0.5)
    sounds = {
        "constant": flat, "steps": 0.3 * tone(4).sign(), "rumble": 0.3 * tone(10), "tone": 0.3 * tone(440),
        "noisy": 0.3 * tone(440) + 0.02 * babble(1.5), "square": 0.5 * tone(150).sign(),
        "two": 0.2 * (tone(697) + tone(1209)),
        "clipped": (0.9 * tone(200)).clamp(-0.5, 0.5), "hum": 0.1 * (tone(50) + tone(100) + 0.5 * tone(150)),
    }  # fmt: skip
    gap = torch.zeros(RATE // 2)
    recordings = [rec("good", spoken(1.0))]
    for name, wav in sounds.items():
        recordings += [
            rec(name, wav, "one two three four"),
            rec(f"{name}+", torch.cat([gap, wav, gap]), "one two three"),
        ]
    run(tmp_path, *recordings)
    assert reasons(tmp_path) == {recording.id: "no speech" for recording in recordings[1:]}


def test_a_recording_that_would_not_fit_in_memory_is_rejected(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(waveform, "MOST_SAMPLES", 2 * AUDIO.sample_rate)
    run(tmp_path, rec("good", spoken(1.0)), rec("long", spoken(3.0)))
    assert reasons(tmp_path) == {"long": "too long"}


def test_names_that_are_not_utf8_are_rejected_by_name(tmp_path: Path) -> None:
    def missing() -> Sound:
        raise UserError("no file \udce4.wav")

    good = rec("good", spoken(1.0))
    recordings = [
        good, dataclasses.replace(good, id="b\udce4r"), dataclasses.replace(good, id="her", speaker="J\udcfcrgen"),
        dataclasses.replace(good, id="said", text="b\udce4h"), dataclasses.replace(good, id="gone", load=missing),
    ]  # fmt: skip
    for _ in range(2):
        run(tmp_path, *recordings)
        assert reasons(tmp_path) == {
            "b\\udce4r": "unsafe id", "her": "unsafe speaker", "said": "unpronounceable text",
            "gone": "unreadable or empty audio",
        }  # fmt: skip


def test_a_speaker_s_name_is_one_line(tmp_path: Path) -> None:
    run(tmp_path, rec("good", spoken(1.0)), dataclasses.replace(rec("two", spoken(1.0)), speaker="Ann\nBob"))
    assert reasons(tmp_path) == {"two": "unsafe speaker"}


def test_fewer_frames_than_tokens(tmp_path: Path) -> None:
    limits = Limits(max_rate=1000)
    run(tmp_path, rec("ok", spoken(1.0)), rec("dense", spoken(0.3), "so many letters " * 5), limits=limits)
    assert reasons(tmp_path) == {"dense": "fewer frames than phones"}
