"""The espeak corpus: stable recordings, and a truth that is the text front end's own tokens."""

import importlib
import pickle
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tts.corpora import debian
from tts.corpora.corpus import Sound
from tts.corpora.synthetic.espeak import MARGIN, EspeakCorpus, PhonesDiffer, say, spoken, truth
from tts.corpora.synthetic.espeak_engine import SAMPLE_RATE, EspeakEngine
from tts.corpora.synthetic.sentences import read_sentences, sentences, wordnet_examples
from tts.errors import UserError
from tts.evaluation.boundaries import boundary_errors
from tts.evaluation.robustness import read_hard_sentences
from tts.intervals import Interval, read_textgrid, write_textgrid
from tts.storage.resources import folder
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

TEXTS = [
    "All old hotels helped the little children out of the cold, didn't they?",
    "Measure the beige garage; then call the judge.",
    "It cost $3.50 at 10:45, and Dr. Young paid half of it.",
    "Keep still! The fire of the world is a well-known film...",
    "She asked: why do people jump over tall walls — and who can?",
]


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("\ufeff# a comment\n\n" + "\n".join(TEXTS) + "\n", encoding="utf-8")
    return path


def corpus(listing: Path, **settings: object) -> EspeakCorpus:
    arguments = {"hours": None, **settings}
    return EspeakCorpus(str(listing.parent / "downloads"), str(listing), **arguments)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("voice", ["en-us+f3", "en-us"])
def test_the_truth_is_the_front_end_s_tokens(text: str, voice: str) -> None:
    tokens = TextFrontEnd(TextConfig())(text)
    tiers = truth(EspeakEngine(voice).speak(spoken(tokens)), tokens)
    phones = [symbol for symbol, word in zip(tokens.symbols, tokens.word, strict=True) if word >= 0]
    assert [p.label for p in tiers["phones"] if p.label != "sil"] == phones
    assert [w.label for w in tiers["words"]] == list(tokens.words)
    assert all(a.end <= b.start for a, b in pairwise(tiers["words"]))


def test_punctuation_is_where_the_silence_is() -> None:
    tokens = TextFrontEnd(TextConfig())("Stop, look; go.")
    tiers = truth(EspeakEngine().speak(spoken(tokens)), tokens, margin=0.1)
    symbols = [{",": "sil", ";": "sil", "<s>": "sil", ".": "", "</s>": "sil"}.get(s, s) for s in tokens.symbols]
    assert [p.label for p in tiers["phones"]] == [symbol for symbol in symbols if symbol]


def test_other_phones_are_refused_by_name() -> None:
    tokens = TextFrontEnd(TextConfig())("The cat sat.")
    with pytest.raises(PhonesDiffer, match=r"'ɔ' where the text front end has 'æ' .*in 'cat'"):
        speech = EspeakEngine().speak("The cot sat.")
        changed = [Interval("ɔ" if p.label == "ɑː" else p.label, p.start, p.end) for p in speech.phones]
        truth(type(speech)(speech.wav, speech.sample_rate, changed, speech.words), tokens)
    with pytest.raises(PhonesDiffer, match="nothing"):
        truth(EspeakEngine().speak("The cat."), tokens)


def test_what_it_reads_otherwise_than_the_front_end_is_spoken_all_the_same() -> None:
    tokens = TextFrontEnd(TextConfig())("D N A and R N A.")
    wav, speech = say(EspeakEngine("en-us"), tokens)
    assert len(wav) == len(speech.wav) + 2 * round(MARGIN * SAMPLE_RATE)
    with pytest.raises(PhonesDiffer, match="in 'A'"):
        truth(speech, tokens)


def test_recordings_are_the_same_every_time_and_load_in_another_process(listing: Path) -> None:
    first, again = list(corpus(listing)), list(corpus(listing))
    assert [(r.id, r.speaker, r.text, r.stamp) for r in first] == [(r.id, r.speaker, r.text, r.stamp) for r in again]
    one, other = first[0].load(), pickle.loads(pickle.dumps(again[0])).load()
    assert one.wav.numpy().tobytes() == other.wav.numpy().tobytes()
    assert one.truth == other.truth


def test_every_sentence_in_every_voice_shares_its_split(listing: Path) -> None:
    recordings = list(corpus(listing))
    assert len({r.id for r in recordings}) == len(recordings) == len(TEXTS) * 4
    assert len({(r.text, r.speaker) for r in recordings}) == len(recordings)
    assert len({r.source for r in recordings}) == len(TEXTS)
    assert all(not set(r.id) & set("/\\+. ") for r in recordings)
    assert {r.speaker for r in recordings[: len(TEXTS)]} == {"en-us+f3", "en-us+m3", "en-us", "en-us+f2"}


def test_sound_and_truth_fit(listing: Path) -> None:
    sound: Sound = next(iter(corpus(listing))).load()
    assert sound.truth is not None
    phones = sound.truth["phones"]
    assert phones[0].start == 0 and phones[-1].end == pytest.approx(len(sound.wav) / sound.sample_rate)
    assert phones[0].label == phones[-1].label == "sil"
    assert phones[0].end >= MARGIN
    margin = round(MARGIN * sound.sample_rate)
    assert not sound.wav[:margin].any() and not sound.wav[-margin:].any()
    assert all(a.end == b.start for a, b in pairwise(phones))


def test_truth_survives_its_file_and_scores_itself_perfectly(listing: Path, tmp_path: Path) -> None:
    for recording in list(corpus(listing))[: len(TEXTS)]:
        sound = recording.load()
        assert sound.truth is not None
        write_textgrid(tmp_path / "a.TextGrid", sound.truth)
        read = read_textgrid(tmp_path / "a.TextGrid")["phones"]
        scored = [p for p in sound.truth["phones"] if p.label != "sil" and p.end > p.start]
        errors = boundary_errors(sound.truth["phones"], read)
        assert len(errors) > len(scored)
        np.testing.assert_allclose(errors, 0, atol=1e-5)


def test_limits_voices_and_seed(listing: Path) -> None:
    assert len(list(corpus(listing, utterances=3))) == 3
    assert {r.speaker for r in corpus(listing, voices=("en-us+m7",))} == {"en-us+m7"}
    some = list(corpus(listing, hours=10 / 3600))
    seconds = sum(len(r.load().wav) / 22050 for r in some)
    assert 7 < seconds < 18
    orders = {tuple(r.text for r in corpus(listing, utterances=5, seed=seed)) for seed in range(4)}
    assert len(orders) > 1


def test_jitter_varies_utterances_but_not_runs(listing: Path) -> None:
    def rates(**settings: object) -> list[object]:
        return [r.load.args[0].rate for r in corpus(listing, **settings)]  # type: ignore[attr-defined] # a partial

    assert set(rates()) == {175}
    varied = rates(rate_jitter=0.1)
    assert varied == rates(rate_jitter=0.1) and len(set(varied)) > 5
    assert all(157 <= rate <= 193 for rate in varied)
    stamps = {r.stamp for r in corpus(listing)} & {r.stamp for r in corpus(listing, pitch_jitter=10)}
    assert len(stamps) < len(TEXTS)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"voices": ()}, "at least one voice"),
        ({"voices": ("en-us", "en-us")}, "twice"),
        ({"voices": ("en-us", "de")}, "one language"),
        ({"voices": ("de",)}, r"speak de, but corpus\.language=en-us"),
        ({"voices": ("en-us+f99",)}, "unknown variant"),
        ({"rate": 20}, "80–450"),
        ({"rate_jitter": 1.5}, "rate_jitter"),
        ({"hours": -1.0}, "negative"),
    ],
)
def test_wrong_settings_are_refused(listing: Path, settings: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        corpus(listing, **settings)


def test_another_language_needs_its_own_sentences(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"corpus\.sentences=FILE"):
        list(EspeakCorpus(str(tmp_path), voices=("sv",), language="sv"))
    with pytest.raises(UserError, match="no wordnet sentences in de"):
        list(EspeakCorpus(str(tmp_path), "wordnet", voices=("de",), language="de"))
    for language in ("de", "fr-fr", "es"):
        assert len(list(EspeakCorpus(str(tmp_path), voices=(language,), language=language, hours=None))) == 60
    (tmp_path / "de.txt").write_text("Der Hund läuft über die große Straße.\n", encoding="utf-8")
    german = EspeakCorpus(str(tmp_path), str(tmp_path / "de.txt"), voices=("de", "de+f3"), language="de")
    assert [len(r.load().truth["words"]) for r in german] == [7, 7]  # type: ignore[index] # espeak always has it


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr-fr", "Le petit chat dort sur le canapé depuis ce matin."),
        ("it", "Ieri sera abbiamo mangiato molte mele, ma nessuna pera."),
        ("ru", "Собака бежит по большой улице домой."),
        ("pl", "Pies biegnie dużą ulicą do domu."),
        ("es", "¿Puede usted decirme qué hora es, por favor?"),
    ],
)
def test_other_languages_agree_with_the_front_end_too(language: str, text: str) -> None:
    tokens = TextFrontEnd(TextConfig(language=language))(text)
    tiers = truth(EspeakEngine(language).speak(spoken(tokens)), tokens)
    assert [word.label for word in tiers["words"]] == list(tokens.words)


@pytest.mark.parametrize("source", ["embedded", "drills"])
def test_the_projects_sentences_agree_with_the_front_end(source: str) -> None:
    tokens = TextFrontEnd(TextConfig())
    engine = EspeakEngine("en-us+m3")
    some = sentences(source, Path("unused"))[::10]
    differing = []
    for text in some:
        try:
            truth(engine.speak(spoken(tokens(text))), tokens(text))
        except PhonesDiffer as error:
            differing.append(f"{text}: {error}")
    assert len(differing) <= 0.03 * len(some), differing


def test_what_robustness_is_tested_on_is_neither_drilled_nor_chosen_by() -> None:
    tested, chosen_by = (
        {words(sentence.text) for sentence in read_hard_sentences(folder("sentences") / f"{name}.tsv")}
        for name in ("hard", "hard_dev")
    )
    drills = {words(text) for text in sentences("drills", Path("unused"))}
    for one, other in ((tested, drills), (chosen_by, drills), (tested, chosen_by)):
        assert one
        assert not one & other
        assert not drummed(one) & drummed(other)


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9']+", text.lower()))


def drummed(texts: set[tuple[str, ...]]) -> set[str]:
    """Words that one of the texts says again and again, and nothing else."""
    return {said[0] for said in texts if len(said) > 2 and len(set(said)) == 1}


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.txt: cannot be read"):
        sentences(str(tmp_path / "nowhere.txt"), tmp_path)
    (tmp_path / "empty.txt").write_text("# nothing\n")
    with pytest.raises(UserError, match=r"empty\.txt: no sentence"):
        read_sentences(tmp_path / "empty.txt")


def test_wordnet_examples_are_cleaned(tmp_path: Path) -> None:
    gloss = (
        '00001 00 a 01 able 0 | (followed by `to\') having skill; "she was able to program computers"; '
        '"able to"; "we were at last able to buy a car!"; "the FBI was able to find him at last"; '
        '"he said ... that it was able to swim"; "a number like 12 is able to be halved";\n'
    )
    for part in ("data.adj", "data.adv", "data.noun", "data.verb"):
        (tmp_path / part).write_text("  1 licence text\n" + (gloss if part == "data.adj" else ""))
    expected = ["she was able to program computers.", "we were at last able to buy a car!"]
    assert wordnet_examples([tmp_path / "data.adj"]) == expected
    assert sentences("wordnet", tmp_path / "downloads", tmp_path) == expected


def test_what_is_not_ours_in_a_folder_for_downloads_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(packages: tuple[str, ...], folder: Path) -> None:
        (folder / "wordnet-base_1_all.deb").touch()

    def unpack(package: Path, folder: Path, under: str) -> None:
        (folder / under).mkdir(parents=True)
        for part in ("data.adj", "data.adv", "data.noun", "data.verb"):
            (folder / under / part).write_text('x | "we were at last able to buy a car!"', "utf-8")

    monkeypatch.setattr(debian, "fetch", fetched)
    monkeypatch.setattr(debian, "unpack", unpack)
    monkeypatch.setattr(importlib.import_module("tts.corpora.synthetic.sentences"), "INSTALLED", tmp_path / "nowhere")
    (tmp_path / "mine" / "wordnet").mkdir(parents=True)
    (tmp_path / "mine" / "wordnet" / "thesis.tex").write_text("years of work", "utf-8")
    with pytest.raises(UserError, match=r"mine: holds wordnet/.*corpus\.downloads=PATH"):
        sentences("wordnet", tmp_path / "mine")
    assert (tmp_path / "mine" / "wordnet" / "thesis.tex").read_text("utf-8") == "years of work"
    # Fetched by a version that left no mark, and not yet unpacked.
    (tmp_path / "own" / "wordnet.part" / "usr").mkdir(parents=True)
    (tmp_path / "own" / "wordnet-base_0_all.deb").touch()
    assert sentences("wordnet", tmp_path / "own") == ["we were at last able to buy a car!"]
    assert sentences("wordnet", tmp_path / "new") == ["we were at last able to buy a car!"]


def test_wordnet_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"wordnet-base"):
        sentences("wordnet", tmp_path / "downloads", tmp_path)
