"""The folder that `tts-record` fills: kept whole, gone on with, read as a corpus; sounds from a request are checked."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.corpora.auto import Auto
from tts.errors import UserError
from tts.pages.takes import Session

RATE = 48000
SENTENCES = ["We keep the sea in view.", "A lamp stood by the door.", "Rain | fell on the\told town."]


def speech(seconds: float = 1.5, loud: float = 0.2, silence: float = 0.4) -> np.ndarray:
    """Noise between silences, with a noise floor."""
    made = np.random.default_rng(0)
    wav = made.normal(0, loud / 3, round(seconds * RATE)).clip(-1, 1)
    gap = np.zeros(round(silence * RATE))
    return np.concatenate([gap, wav, gap]) + made.normal(0, 1e-4, len(wav) + 2 * len(gap))


def wav(samples: np.ndarray, rate: int = RATE, subtype: str = "PCM_24", kind: str = "WAV") -> bytes:
    written = BytesIO()
    soundfile.write(written, samples, rate, format=kind, subtype=subtype)
    return written.getvalue()


def opened(folder: Path, sentences: list[str] = SENTENCES) -> Session:
    folder.mkdir(exist_ok=True)
    return Session.open(folder, "en-us", sentences)


def accepted(session: Session, id: str, take: bytes) -> None:
    session.accept(id, session.record(id, take).draft)


def test_what_was_recorded_is_a_corpus_that_auto_reads(tmp_path: Path) -> None:
    session = opened(tmp_path / "mine")
    for id in session.prompts:
        session.record(id, wav(speech()))
    assert not (tmp_path / "mine/metadata.csv").exists()
    for prompt in session.state()["prompts"][:2]:
        session.accept(prompt["id"], prompt["draft"])
    recordings = list(Auto(str(tmp_path / "mine")))
    assert {r.text for r in recordings} == {p.text for p in list(session.prompts.values())[:2]}
    assert all(r.load().sample_rate == RATE and r.problem == "" for r in recordings)


def test_samples_are_kept_as_they_came(tmp_path: Path) -> None:
    session = opened(tmp_path)
    samples = (np.random.default_rng(1).integers(-(2**23), 2**23, 5001) * 256).astype(np.int32)
    accepted(session, "r0001", wav(samples))
    kept, rate = soundfile.read(session.wav("r0001"), dtype="int32")
    assert rate == RATE and (kept == samples).all() and soundfile.info(session.wav("r0001")).subtype == "PCM_24"


def test_tomorrow_it_goes_on_and_new_sentences_come_last(tmp_path: Path) -> None:
    first = opened(tmp_path)
    accepted(first, "r0002", wav(speech()))
    first.record("r0003", wav(speech()))
    second = opened(tmp_path, [*SENTENCES, "Go home, then call me back."])
    state = second.state()
    assert list(second.prompts)[:3] == list(first.prompts) and second.prompts["r0004"].text.startswith("Go home")
    assert [(p["recorded"], bool(p["draft"])) for p in state["prompts"]] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert abs(state["seconds"] - 2.3) < 0.01
    assert 0 < state["phones"][0] < state["phones"][1] and 0 < state["pairs"][0] < state["pairs"][1]


def test_a_second_take_replaces_the_first_and_leaves_other_lines_alone(tmp_path: Path) -> None:
    session = opened(tmp_path)
    for id in ("r0001", "r0002"):
        accepted(session, id, wav(speech()))
    path = tmp_path / "metadata.csv"
    path.write_text(path.read_text().replace(session.prompts["r0001"].text, "What I said instead."))
    accepted(session, "r0002", wav(speech(2.0)))
    assert path.read_text() == f"r0001|What I said instead.\nr0002|{session.prompts['r0002'].text}\n"
    assert abs(soundfile.info(session.wav("r0002")).duration - 2.8) < 0.01


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_that_an_editor_saved_in_its_own_way_stays_as_it_is(tmp_path: Path, begin: str, end: str) -> None:
    session = opened(tmp_path)
    for id in ("r0001", "r0002"):
        accepted(session, id, wav(speech()))
    path = tmp_path / "metadata.csv"
    texts = [session.prompts[id].text for id in ("r0001", "r0002", "r0003")]
    before = f"{begin}r0001|Something else|note{end}mine|My own|note{end}r0002|{texts[1]}{end}".encode()
    path.write_bytes(before)
    assert [p["recorded"] for p in session.state()["prompts"]] == [True, True, False]
    for id in ("r0003", "r0001"):
        accepted(session, id, wav(speech()))
    lines = [f"r0001|{texts[0]}", "mine|My own|note", f"r0002|{texts[1]}", f"r0003|{texts[2]}", ""]
    assert path.read_bytes() == (begin + end.join(lines)).encode()
    assert b"Something else" in (tmp_path / "session/metadata.csv.bak").read_bytes()


def test_a_take_that_could_not_be_listed_waits_to_be_accepted_again(tmp_path: Path) -> None:
    session = opened(tmp_path)
    take = session.record("r0002", wav(speech()))
    (tmp_path / "metadata.csv").mkdir()  # as good as a full disk
    with pytest.raises(OSError):
        session.accept("r0002", take.draft)
    (tmp_path / "metadata.csv").rmdir()
    session.draft("r0002").replace(session.wav("r0002"))  # and a process that was killed in between
    session = opened(tmp_path)
    waiting = session.state()["prompts"][1]
    assert not waiting["recorded"] and waiting["draft"]
    session.accept("r0002", waiting["draft"])
    assert (tmp_path / "metadata.csv").read_text() == f"r0002|{session.prompts['r0002'].text}\n"


@pytest.mark.parametrize("lost", ["all", "one"])
def test_no_id_is_given_twice_though_prompts_were_lost(tmp_path: Path, lost: str) -> None:
    session = opened(tmp_path)
    for id in session.prompts:
        accepted(session, id, wav(speech()))
    listed, path = (tmp_path / "metadata.csv").read_text(), tmp_path / "session/prompts.json"
    if lost == "all":
        path.unlink()
    else:
        kept = json.loads(path.read_text())
        path.write_text(json.dumps(kept | {"prompts": kept["prompts"][1:]}))
    again = opened(tmp_path, ["Go home, then call me back."])
    assert list(again.prompts)[-1] == "r0004" and not again.state()["prompts"][-1]["recorded"]
    assert (tmp_path / "metadata.csv").read_text() == listed


def test_a_bar_in_a_sentence_does_not_end_its_text(tmp_path: Path) -> None:
    assert "Rain fell on the old town." in {p.text for p in opened(tmp_path).prompts.values()}


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (speech(), None),
        (speech(loud=6.0), "Too loud"),
        (speech(loud=0.01), "Quiet"),
        (speech() + np.random.default_rng(2).normal(0, 0.02, len(speech())), "Noisy"),
        (speech(silence=0.02), "start may be cut off"),
        (speech(30.0), "Long for its text"),
        (speech(0.3), "Short for its text"),
        (np.zeros(RATE), "Nothing is heard"),
    ],
)
def test_advice_says_what_is_wrong(tmp_path: Path, samples: np.ndarray, words: str | None) -> None:
    advice = opened(tmp_path).record("r0001", wav(samples)).advice
    assert advice == [] if words is None else any(words in said for said in advice)


BAD = {
    "nothing": b"",
    "no sound": b"RIFF" + bytes(100),
    "text": b"id|text\n" * 10,
    "two channels": wav(np.zeros((100, 2))),
    "floats": wav(np.zeros(100), subtype="FLOAT"),
    "another format": wav(np.zeros(100), kind="FLAC"),
    "a low rate": wav(np.zeros(100), 8000),
    "too long": wav(np.zeros(121 * 16000, np.int16), 16000, "PCM_16"),
    "no samples": wav(np.zeros(0)),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_take_is_refused_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    session = opened(tmp_path)
    with pytest.raises(UserError):
        session.record("r0001", BAD[kind])
    assert sorted(p.name for p in (tmp_path / "session").iterdir()) == ["prompts.json"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_waves_do_no_harm(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    session = opened(tmp_path_factory.mktemp("damaged"))
    content = bytearray(wav(np.zeros(50), subtype="PCM_16"))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 60))] = data.draw(st.integers(0, 255))
    try:
        session.record("r0001", bytes(content[: data.draw(st.integers(0, len(content)))]))
    except UserError:
        return
    assert session.sound("r0001") is not None


@pytest.mark.parametrize("id", ["../x", "r9999", "", "r0001/../../x", "r0001.wav"])
def test_no_other_id_is_written(tmp_path: Path, id: str) -> None:
    session = opened(tmp_path / "mine")
    for act in (lambda: session.record(id, wav(speech())), lambda: session.accept(id, ""), lambda: session.sound(id)):
        with pytest.raises(UserError, match="no such prompt"):
            act()
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "prompt", [{"id": "../../x", "text": "a"}, {"id": "r0001", "text": ""}, {"id": "r0001", "text": "a\nb|c"}]
)
def test_a_stranger_s_prompts_are_checked(tmp_path: Path, prompt: dict[str, str]) -> None:
    (tmp_path / "session").mkdir()
    (tmp_path / "session/prompts.json").write_text(json.dumps({"language": "en-us", "prompts": [prompt]}))
    with pytest.raises(UserError, match=r"prompts\.json"):
        opened(tmp_path)


def test_another_language_is_refused(tmp_path: Path) -> None:
    opened(tmp_path)
    with pytest.raises(UserError, match="language=en-us"):
        Session.open(tmp_path, "de", [])


def test_only_the_newest_take_is_accepted(tmp_path: Path) -> None:
    session = opened(tmp_path)
    first, second = (session.record("r0001", wav(speech(seconds))).draft for seconds in (1.5, 2.0))
    for taken in (first, ""):
        with pytest.raises(UserError, match="in another tab meanwhile"):
            session.accept("r0001", taken)
    session.accept("r0001", second)
    with pytest.raises(UserError, match="in another tab meanwhile"):
        session.accept("r0001", second)
    assert session.state()["prompts"][0] == {"id": "r0001", "text": session.prompts["r0001"].text} | {
        "recorded": True,
        "draft": "",
    }


def test_accepting_needs_a_take(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="in another tab meanwhile"):
        opened(tmp_path).accept("r0001", "")
