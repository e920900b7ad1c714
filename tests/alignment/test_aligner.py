"""The aligner finds phones in speech with exact times, is saved and loaded, and gives a confidence."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tts.alignment import Aligner, AlignerConfig, Alignment, train_aligner
from tts.alignment.files import Alignments, TimedFile
from tts.alignment.formats import write_ctm
from tts.alignment.hmm.states import BETWEEN_WORDS, StateTable
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest
from tts.data.originals import originals
from tts.errors import UserError
from tts.evaluation.boundaries import boundary_errors, summarise
from tts.intervals import Interval, read_textgrid
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
from tts.text.tokens import Tokens

SMALL = AlignerConfig(states=1, mixtures=1, iterations=6)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    """Some two minutes by one voice."""
    folder = tmp_path_factory.mktemp("aligned")
    spoken = EspeakCorpus(str(folder), voices=("en-us",), utterances=40)
    prepare(spoken, folder / "espeak", AudioConfig(), TextConfig(), Limits(), workers=0)
    return read_manifest(folder / "espeak")


@pytest.fixture(scope="module")
def recordings(corpus: PreparedCorpus) -> list[tuple[str, torch.Tensor, Tokens]]:
    return [(u.id, waveform.read(corpus.audio_path(u), 16000), u.tokens) for u in corpus.utterances]


@pytest.fixture(scope="module")
def aligner(recordings: list) -> Aligner:
    return train_aligner(recordings, SMALL)


def test_phones_are_found(aligner: Aligner, corpus: PreparedCorpus, recordings: list) -> None:
    errors = []
    for name, wav, tokens in recordings:
        aligned = aligner.align(wav, 16000, tokens, name)
        truth = read_textgrid(corpus.folder / "truth" / f"{name}.TextGrid")["phones"]
        errors.append(boundary_errors(aligned.phones, truth))
        assert aligned.phones[0].start == 0 and aligned.phones[-1].end == pytest.approx(len(wav) / 16000)
        assert all(a.end == b.start for a, b in zip(aligned.phones, aligned.phones[1:], strict=False))
        assert [w.label for w in aligned.words] == list(tokens.words)
        assert len(aligned.confidence) == len(aligned.phones) and all(0 <= c <= 1.001 for c in aligned.confidence)
    figures = summarise(np.concatenate(errors))
    assert figures["median"] < 0.008 and figures["within_50ms"] > 0.93, figures


def test_learning_raises_the_likelihood(recordings: list) -> None:
    heard: list[tuple[str, float]] = []
    train_aligner(recordings[:8], replace(SMALL, states=2, mixtures=2, iterations=3), lambda *a: heard.append(a))
    stages = ["one state a phone", "silence of 2 Gaussians", "2 states", "states in context", "2 Gaussians"]
    assert [stage for stage, _ in heard] == [stage for stage in stages for _ in range(3)]
    for stage in dict.fromkeys(s for s, _ in heard):
        values = [v for s, v in heard if s == stage]
        assert values[-1] > values[0]


def test_what_is_learnt_does_not_depend_on_the_number_of_threads(recordings: list) -> None:
    settings, before = replace(SMALL, states=2, mixtures=2, iterations=2), torch.get_num_threads()
    learnt = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            learnt.append(train_aligner(recordings[:8], settings).mixtures)
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert torch.equal(learnt[0].means, learnt[1].means)
    assert torch.equal(learnt[0].weights, learnt[1].weights)


def test_a_saved_aligner_aligns_alike_at_any_sample_rate(aligner: Aligner, recordings: list, tmp_path: Path) -> None:
    aligner.save(tmp_path)
    again = Aligner.load(tmp_path)
    _, wav, tokens = recordings[0]
    assert again.align(wav, 16000, tokens) == aligner.align(wav, 16000, tokens)
    weights, card = tmp_path / "aligner.safetensors", tmp_path / "aligner.json"
    assert weights.stat().st_mode == card.stat().st_mode, "others may read it as they may any new file"
    faster = waveform.resample(wav, 16000, 24000)
    moved = again.align(faster, 24000, tokens)
    for a, b in zip(moved.phones, again.align(wav, 16000, tokens).phones, strict=True):
        assert a.label == b.label and a.start == pytest.approx(b.start, abs=0.015)


def test_another_text_scores_lower_and_is_less_certain(aligner: Aligner, recordings: list) -> None:
    (_, wav, own), others = recordings[0], [tokens for _, _, tokens in recordings[1:6]]
    right = aligner.align(wav, 16000, own)
    for tokens in others:
        try:
            wrong = aligner.align(wav, 16000, tokens)
        except UserError:
            continue  # too long a text for this recording
        assert wrong.score < right.score
        assert wrong.misfit > right.misfit and not right.doubtful
    assert any(aligner.align(wav, 16000, tokens).doubtful for tokens in others if len(tokens) < len(own))


def test_a_pause_that_the_text_does_not_mark_is_no_phone(aligner: Aligner, recordings: list) -> None:
    _, wav, tokens = max(recordings, key=lambda r: len(r[2].words))
    aligned = aligner.align(wav, 16000, tokens)
    word = len(aligned.words) // 2
    cut = round(16000 * aligned.words[word].start)
    with_pause = aligner.align(torch.cat([wav[:cut], torch.zeros(8000), wav[cut:]]), 16000, tokens)
    for before, after in zip(aligned.words[:word], with_pause.words[:word], strict=True):
        assert after.end == pytest.approx(before.end, abs=0.05)
    for before, after in zip(aligned.words[word:], with_pause.words[word:], strict=True):
        assert after.start == pytest.approx(before.start + 0.5, abs=0.05)
    assert any(p.label == "sil" and p.end - p.start > 0.4 for p in with_pause.phones[1:-1])


def test_states_of_a_text_with_marked_and_unmarked_pauses() -> None:
    tokens = TextFrontEnd(TextConfig())("So, we go on.")
    phones = tuple(sorted({s for s, w in zip(tokens.symbols, tokens.word, strict=True) if w >= 0}))
    table = StateTable(phones, 2)
    path = table.path(tokens, "x")
    silences = [i for i, s in enumerate(path.states) if s == table.silence]
    assert silences[0] == 0 and silences[-1] == len(path.states) - 1
    assert all(path.skippable[i] for i in silences[1:-1]) and sum(path.skippable) == len(silences) - 2 == 3
    comma = tokens.symbols.index(",")
    assert [path.tokens[i] for i in silences] == [0, comma, BETWEEN_WORDS, BETWEEN_WORDS, len(tokens) - 1]
    for i, (word, owner) in enumerate(zip(tokens.word, range(len(tokens)), strict=True)):
        assert path.tokens.count(owner) == (2 if word >= 0 else 1 if i in (0, comma, len(tokens) - 1) else 0)


def test_the_end_of_a_nasal_or_approximant_depends_on_what_follows() -> None:
    tokens = TextFrontEnd(TextConfig())("No man, my seat on me.")
    phones = tuple(sorted({s for s, w in zip(tokens.symbols, tokens.word, strict=True) if w >= 0}))
    plain, table = StateTable(phones, 2), StateTable(phones, 2, in_context=True)
    path = table.path(tokens, "x")
    names = {row: key for key, row in table.rows.items()}
    said = [names[s] for s in path.states if s != table.silence]
    first = {i: said[2 * i] for i in range(len(said) // 2)}
    assert all(k == 0 and not after for _, k, after in first.values())
    ends = dict.fromkeys(said[1::2])
    assert ("n", 1, "oʊ") in ends and ("oʊ", 1, "") in ends and ("n", 1, "sil") in ends and ("s", 1, "") in ends
    assert ("m", 1, "aɪ") in ends and ("m", 1, "iː") in ends and ("t", 1, "") in ends
    origin = table.origin(plain).tolist()
    assert origin[-1] == plain.silence
    assert all(origin[row] == plain.rows[phone, k, ""] for (phone, k, _), row in table.rows.items())


def test_what_cannot_be_aligned_is_named(aligner: Aligner, recordings: list) -> None:
    _, wav, tokens = recordings[0]
    with pytest.raises(UserError, match="mine: the aligner does not know the phone 'ǃ'"):
        aligner.align(wav, 16000, replace(tokens, symbols=("<s>", "ǃ", *tokens.symbols[2:])), "mine")
    with pytest.raises(UserError, match="mine: too short for its text"):
        aligner.align(wav[:1200], 16000, tokens, "mine")
    with pytest.raises(UserError, match="mine: 100 samples are too short"):
        aligner.align(wav[:100], 16000, tokens, "mine")
    with pytest.raises(UserError, match="no recording is long enough"):
        train_aligner([("x", wav[:1200], tokens)], SMALL)


def test_a_space_in_an_id_or_a_label_makes_no_column(tmp_path: Path) -> None:
    utterance = Utterance("one two", "one two", "me", "train", "{h ə}", 1.0, ("h", "ə"), (0, 0), (0, 0), ("{h ə}",))
    phones = [Interval("h", 0.0, 0.5), Interval("ə", 0.5, 1.0)]
    alignment = Alignment([Interval("{h ə}", 0.0, 1.0)], phones, [1.0, 1.0], 0.0)
    (file,) = originals([utterance])
    write_ctm(tmp_path, Alignments([TimedFile.of(file, {utterance.id: alignment})]))
    for name, count in (("words.ctm", 1), ("phones.ctm", 2)):
        lines = [line.split() for line in (tmp_path / name).read_text("utf-8").splitlines()]
        assert [len(line) for line in lines] == count * [6] and lines[0][0] == "one_two"


def test_recordings_too_short_to_learn_from_are_named(recordings: list) -> None:
    left_out: dict[str, str] = {}
    short = [("short", recordings[0][1][:1200], recordings[0][2]), ("empty", recordings[0][1][:9], recordings[0][2])]
    learnt = train_aligner(iter([*recordings[:4], *short]), replace(SMALL, iterations=1), left_out=left_out)
    alone = train_aligner(recordings[:4], replace(SMALL, iterations=1))
    assert sorted(left_out) == ["empty", "short"] and "16 frames for" in left_out["short"]
    torch.testing.assert_close(learnt.mixtures.means, alone.mixtures.means)


def test_words_are_as_certain_as_their_phones(aligner: Aligner, recordings: list) -> None:
    _, wav, tokens = recordings[0]
    aligned = aligner.align(wav, 16000, tokens)
    assert len(aligned.word_confidence) == len(aligned.words)
    for word, confidence in zip(aligned.words, aligned.word_confidence, strict=True):
        inside = [
            c
            for p, c in zip(aligned.phones, aligned.confidence, strict=True)
            if word.start <= p.start and p.end <= word.end
        ]
        assert min(inside) - 1e-9 <= confidence <= max(inside) + 1e-9


def test_a_damaged_aligner_is_refused(aligner: Aligner, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no aligner that can be read"):
        Aligner.load(tmp_path / "nowhere")
    aligner.save(tmp_path)
    card = json.loads((tmp_path / "aligner.json").read_text("utf-8"))
    for change in ({"phones": [*card["phones"], "x"]}, {"config": card["config"] | {"mixtures": 2}}):
        (tmp_path / "aligner.json").write_text(json.dumps(card | change), "utf-8")
        with pytest.raises(UserError, match=r"does not fit aligner\.json"):
            Aligner.load(tmp_path)
    for name, value in (("sample_rate", 1 << 34), ("sample_rate", 1), ("n_fft", 1 << 34), ("n_mels", 1 << 34)):
        (tmp_path / "aligner.json").write_text(json.dumps(card | {"config": card["config"] | {name: value}}), "utf-8")
        with pytest.raises(UserError, match=f"{name}.* must lie between"):
            Aligner.load(tmp_path)
    for phones in ([*card["phones"][:-1], card["phones"][0]], [*card["phones"][:-1], "sil"], []):
        (tmp_path / "aligner.json").write_text(json.dumps(card | {"phones": phones}), "utf-8")
        with pytest.raises(UserError, match=r"aligner\.json: .*phones must be"):
            Aligner.load(tmp_path)
    (tmp_path / "aligner.json").write_text("[" * 100_000, "utf-8")
    with pytest.raises(UserError, match=r"aligner\.json: cannot be read"):
        Aligner.load(tmp_path)
    (tmp_path / "aligner.json").write_text(json.dumps(card | {"run": "rm"}), "utf-8")
    with pytest.raises(UserError, match="unknown key 'run'"):
        Aligner.load(tmp_path)
    (tmp_path / "aligner.json").write_text(json.dumps(card), "utf-8")
    Aligner.load(tmp_path)
    evil = b"\x80\x04cos\nsystem\n"
    (tmp_path / "aligner.safetensors").write_bytes(evil)
    with pytest.raises(UserError, match="changed since training"):
        Aligner.load(tmp_path)
    card["sha256"] = hashlib.sha256(evil).hexdigest()
    (tmp_path / "aligner.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(UserError, match="no aligner that can be read"):
        Aligner.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        *(lambda w, dtype=d: {"means": w["means"].to(dtype)} for d in (torch.float16, torch.bfloat16, torch.float64)),
        lambda w: {"means": w["means"].to(torch.float8_e4m3fn)},
        lambda w: {"means": w["means"] * 1e30},
        lambda w: {"variances": w["variances"] * 0},
        lambda w: {"weights": w["weights"] * 0},
        lambda w: {"weights": w["weights"] * float("nan")},
        lambda w: {"scale": w["scale"] * 0},
    ],
)
def test_an_aligner_with_weights_that_cannot_be_is_refused(change: Any, aligner: Aligner, tmp_path: Path) -> None:
    aligner.save(tmp_path)
    weights = load_file(tmp_path / "aligner.safetensors")
    save_file(weights | change(weights), tmp_path / "aligner.safetensors")
    card = json.loads((tmp_path / "aligner.json").read_text("utf-8"))
    card["sha256"] = hashlib.sha256((tmp_path / "aligner.safetensors").read_bytes()).hexdigest()
    (tmp_path / "aligner.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(UserError, match=r"aligner\.safetensors: .*(should be float32|none beyond|without|not numbers)"):
        Aligner.load(tmp_path)


def test_an_aligner_from_before_it_kept_whose_speech_it_learnt_is_read(aligner: Aligner, tmp_path: Path) -> None:
    aligner.save(tmp_path, "x", {"mine": ["me"]})
    assert Aligner.load(tmp_path).speakers == {"me"}
    card = json.loads((tmp_path / "aligner.json").read_text("utf-8"))
    del card["learnt_from"]
    (tmp_path / "aligner.json").write_text(json.dumps(card), "utf-8")
    old = Aligner.load(tmp_path)
    assert not old.speakers and old.identity == aligner.identity
