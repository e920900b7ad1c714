"""A voice of several languages: each speaker in each, and more of them later."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.training.acoustic.data import load_data

UNWANTED = ("~corpus.parts.espeak", "~corpus.parts.hibari")


@pytest.fixture(scope="module")
def both(make_trainer: Callable[..., Any], german_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on English and German."""
    run = tmp_path_factory.mktemp("runs") / "both"
    part = f"+corpus.parts.german={{out: {german_corpus}, weight: 1.0}}"
    trainer = make_trainer(run, "corpus=mix", "debug=fast", last=[part, *UNWANTED])
    assert trainer.describe().endswith("4 speakers, to speak en-us, de")
    trainer.fit()
    return run


def test_its_voice_speaks_every_language_as_every_speaker(both: Path) -> None:
    voice = Voice.load(both)
    assert (voice.info.language, voice.info.languages) == ("en-us", ("en-us", "de"))
    assert dict(zip(voice.info.speakers, voice.info.native, strict=True)) == {
        "en-us+f3": "en-us", "en-us+m3": "en-us", "de+f2": "de", "de+m3": "de",
    }  # fmt: skip
    with torch.no_grad():
        voice.model.text_encoder.language.weight.mul_(100)  # six steps have told them apart a little
    text = "Zeig mir 2."
    own = voice.synthesize(text, "de+f2")
    assert own.tokens.words == ("Zeig", "mir", "zwei")
    assert torch.equal(own.mel, voice.synthesize(text, "de+f2", language="de").mel)
    english = voice.synthesize("Show me 2.", "de+f2", language="en-us")
    assert english.tokens.words == ("Show", "me", "two")
    assert not torch.equal(own.mel, voice.synthesize(text, "en-us+f3", language="de").mel)
    assert voice.synthesize("Show me 2.").tokens.words == ("Show", "me", "two"), "the first speaker's own"
    joined = torch.cat(list(voice.stream(text, "en-us+f3", language="de")))
    assert len(joined) == len(voice.synthesize(text, "en-us+f3", language="de").wav)


def test_a_sentence_may_change_its_language(both: Path) -> None:
    voice = Voice.load(both)
    with torch.no_grad():
        voice.model.text_encoder.language.weight.mul_(100)
    mixed = voice.synthesize("He said {de: gehen wir}. Then he went.")
    assert mixed.tokens.words == ("He", "said", "gehen", "wir", "Then", "he", "went")
    spoken = dict(zip(mixed.tokens.word, mixed.tokens.language, strict=True))
    assert [spoken[word] for word in range(7)] == ["en-us", "en-us", "de", "de", "en-us", "en-us", "en-us"]
    assert voice.expected_seconds("He said {de: gehen wir}. Then he went.") > 0.1


def test_other_languages_are_refused_by_name(both: Path) -> None:
    voice = Voice.load(both)
    with pytest.raises(UserError, match="language=fr-fr: this voice speaks en-us, de"):
        voice.synthesize("Bonjour.", language="fr-fr")
    with pytest.raises(UserError, match="fr-fr is no language of this voice, which speaks en-us, de"):
        voice.synthesize("He said {fr-fr: bonjour}.")


def test_it_goes_on_in_both(make_trainer: Callable[..., Any], both: Path, german_corpus: Path) -> None:
    part = f"+corpus.parts.german={{out: {german_corpus}, weight: 1.0}}"
    last = [part, *UNWANTED, "trainer.max_steps=8"]
    trainer = make_trainer(both, "corpus=mix", "debug=fast", "resume=auto", last=last)
    assert trainer.data.languages == ["en-us", "de"]
    trainer.fit()
    assert Voice.load(both).info.languages == ("en-us", "de")


def test_a_voice_learns_a_language_beside_its_own(
    make_trainer: Callable[..., Any],
    tiny_run: Path,
    german_corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", corpus_out=german_corpus)
    assert "languages that the voice does not know start from those that it knows: de" in capsys.readouterr().out
    assert trainer.data.languages == ["en-us", "de"]
    trainer.fit()
    voice = Voice.load(tmp_path)
    assert (voice.info.language, voice.info.languages, set(voice.info.native)) == ("de", ("en-us", "de"), {"de"})
    assert voice.synthesize("Zeig mir 2.").tokens.words == ("Zeig", "mir", "zwei")


def test_a_run_from_before_voices_had_languages_goes_on_with_one(
    make_trainer: Callable[..., Any], german_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = [f"+corpus.parts.german={{out: {german_corpus}, weight: 1.0}}", *UNWANTED]
    with monkeypatch.context() as before:
        before.setattr(
            "tts.training.acoustic.trainer.load_data", lambda config, known, _: load_data(config, known, None)
        )
        make_trainer(tmp_path, "corpus=mix", "debug=fast", last=[*last, "trainer.max_steps=2"]).fit()
    path = tmp_path / "checkpoints" / "last.pt"
    state = torch.load(path, weights_only=True)
    del state["languages"]
    torch.save(state, path)
    again = make_trainer(tmp_path, "corpus=mix", "debug=fast", "resume=auto", last=[*last, "trainer.max_steps=3"])
    assert again.data.languages == ["en-us"]
    again.fit()
    assert Voice.load(tmp_path).info.languages == ("en-us",)
    later = make_trainer(tmp_path, "corpus=mix", "debug=fast", "resume=auto", last=[*last, "trainer.max_steps=4"])
    assert later.data.languages == ["en-us"] and later.step == 3
