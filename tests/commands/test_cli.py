"""What every command shares: literal texts, and mistakes that come back as one line."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.watched import CHECKS, seen_by
from tts.commands.cli import command, load_config
from tts.commands.composition.tasks import SETTINGS
from tts.errors import UserError

TEXTS = [
    "plain words",
    "she said \"hello\", and 'left'",
    "a=b, c=d",
    "${oc.env:HOME} and ${voice}",
    "costs $5, {braces} [brackets] (round)",
    "  leading and trailing  ",
    "größer ʃ 漢字 🙂",
    "back\\slash \\n",
    "a,b,c",
    "hydra.run.dir=/tmp",
    "--help",
    "text=again",
    "null",
    "???",
    "",
    "1e5",
    "range(1,5)",
    "choice(a,b)",
    "line one\nline two",
    "+plus ~tilde @at",
    "%s %(x)s {0}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_taken_to_the_letter(text: str, call: Callable[..., Any]) -> None:
    main, configs = seen_by("synthesize", ("text", "voice", "out"))
    result = call(main, "voice=v", f"text={text}", "speed=2.0")
    assert result.status == 0, result.err
    assert configs[0]["text"] == text
    assert configs[0]["speed"] == 2.0


@pytest.mark.parametrize("path", ["a b/c", "a=b", "a,b", "${HOME}", "ü/ʃ", "[1]", "{x}"])
def test_paths_are_taken_to_the_letter(path: str, call: Callable[..., Any]) -> None:
    main, configs = seen_by("synthesize", ("text", "voice", "out"))
    assert call(main, f"voice={path}", f"out={path}").status == 0
    assert configs[0]["voice"] == configs[0]["out"] == path


def test_several_paths_of_a_multirun_are_hydra_s(call: Callable[..., Any], tmp_path: Path) -> None:
    main, configs = seen_by("train", ("init_from", "run_dir"))
    arguments = ("--multirun", "experiment=exact_times", "init_from=a,b", f"run_dir={tmp_path}")
    assert call(main, *arguments).status == 0
    assert [config["init_from"] for config in configs] == ["a", "b"]
    assert [config["run_dir"] for config in configs] == [f"{tmp_path}/init_from=a", f"{tmp_path}/init_from=b"]


def test_hydra_s_flags_may_stand_anywhere(call: Callable[..., Any], tmp_path: Path) -> None:
    main, configs = seen_by("train")
    result = call(main, "debug=fast", f"run_dir={tmp_path}/r", "seed=0,1", "--multirun", "trainer.devices=1")
    assert result.status == 0, result.err
    assert [c["seed"] for c in configs] == [0, 1]


def test_a_config_composed_from_python_names_what_is_unknown() -> None:
    with pytest.raises(UserError, match="did you mean 'trainer\\.max_steps'"):
        load_config("train", ["trainer.max_step=3"])


def test_what_is_made_of_a_path_is_made_of_the_literal_one(call: Callable[..., Any]) -> None:
    main, configs = seen_by("prepare", ("corpus.out",))
    assert call(main, "corpus=espeak", "corpus.out=/big disk/t(1),${x}").status == 0
    assert configs[0]["corpus"]["out"] == "/big disk/t(1),${x}"
    assert configs[0]["corpus"]["downloads"] == "/big disk/t(1),${x}/downloads"


def test_home_and_nobody_s_home(call: Callable[..., Any]) -> None:
    main, configs = seen_by("synthesize", ("text", "voice"))
    assert call(main, "voice=~/voices/Jo", "text=~/ what?").status == 0
    assert configs[0]["voice"] == str(Path.home() / "voices/Jo") and configs[0]["text"] == "~/ what?"
    result = call(main, "voice=~nobody_of_this_name/v")
    assert result.status == 1 and "voice=~nobody_of_this_name/v: there is no such user" in result.err


def test_further_processes_are_started_with_the_arguments_as_given(call: Callable[..., Any]) -> None:
    seen: list[list[str]] = []
    given = ["voice=a (b)", "text=c=d", "speed=2.0"]
    assert call(command(lambda _: seen.append(sys.argv[1:]), "synthesize", ("text", "voice")), *given).status == 0
    assert seen == [given]


@pytest.mark.parametrize(
    ("config", "arguments", "complaint"),
    [
        ("synthesize", ["voice=v", "speeed=2"], "unknown key 'speeed'; did you mean 'speed'?"),
        ("synthesize", ["voice=v", "vocoder=griffinlim"], "no such config; did you mean 'griffin_lim'?"),
        ("synthesize", ["text=hello"], "voice is missing: give voice=VALUE"),
        ("synthesize", ["voice=v", "hello"], "argument 'hello': expected KEY=VALUE"),
        ("synthesize", ["voice=v", "speed="], "speed= is empty: give speed=VALUE, or leave it out"),
        ("synthesize", ["voice="], "voice= is empty"),
        ("synthesize", ["voice=v", "reference= "], "reference= is empty"),
        ("synthesize", ["voice=v", "vocoder=istft", "vocoder.path="], "vocoder.path= is empty"),
        ("train", ["run_dir=", "--multirun"], "run_dir= is empty"),
        ("train", ["corpus=mix", "corpus.parts.voice.out="], "corpus.parts.voice.out= is empty"),
        ("prepare", ["corpus=espeak", "corpus.sentences="], "corpus.sentences= is empty"),
        ("align", ["out="], "out= is empty"),
        ("evaluate", ["metric=speech", "voice=v", "truth="], "truth= is empty"),
        ("synthesize", ["voice=v", "out=b\udce4d"], "out=b\\udce4d: not UTF-8"),
        ("train", ["trainer.max_step=3"], "unknown key 'trainer.max_step'; did you mean 'trainer.max_steps'?"),
        ("train", ["corpus.weights=ranking"], "give ranking=FILE to tts-train, the ranking.tsv that tts-align writes"),
        ("train", ["smma.switchstep=3"], "did you mean 'smma.switch_step'?"),
        ("train", ["model.atention.heads=3"], "did you mean 'model.attention.heads'?"),
        ("train", ["experiment=one_speker"], "did you mean 'one_speaker'?"),
        ("train", ["corpus=ljspech"], "did you mean 'ljspeech'?"),
        ("train", ["debug=quick"], "debug=quick: no such config"),
        ("train", ["name=${nowhere}"], "nowhere"),
        ("train", ["trainer.max_steps=[1"], ""),
        ("train", ["attention=contrast"], "unknown key 'attention'; did you mean 'model/attention'?"),
        ("train", ["model.attention=contrast"], "to choose among configs write model/attention=contrast"),
        ("train", ["vocoder=istft"], "vocoder is no key of this command"),
        ("train", ["optimizer.lr=0,001"], "a comma stands between the values of several runs"),
        ("prepare", ["corpus.credits=Doe (2024), Berlin"], """goes in two pairs of quotes: 'corpus.credits="Doe"""),
        ("evaluate", ["voice=v"], "metric is missing"),
        ("prepare", ["corpus.rot=/x"], "did you mean 'corpus.root'?"),
        ("train", ["loss.blank=-1.0"], "loss.blank is gone since 0.3.0"),
        ("train", ["--config-dir", "nowhere"], "--config-dir nowhere: no such folder"),
        ("train", ["--multi", "seed=0,1"], "unrecognized arguments: --multi"),
        ("train", ["hydra.run.dir=x"], "settings of Hydra itself have no effect here"),
        ("train", ["seed=interval(0,3)", "-m"], "list the values of a multirun"),
        (
            "train",
            ["task=vocoder", "debug=fast"],
            "debug=fast is for task=voice, and this run has task=vocoder: choose",
        ),
        ("train", ["task=vocoder", "debug=overfit"], "choose debug=profile or vocoder_fast"),
        ("train", ["experiment=vocoder_universal", "debug=fast"], "debug=fast is for task=voice"),
        ("train", ["debug=vocoder_fast"], "choose debug=fast or overfit or profile"),
        ("train", ["task=vocoder", "experiment=transformer_smma"], "experiment=transformer_smma is for task=voice"),
        ("train", ["task=voice", "experiment=vocoder_adversarial"], "is for task=vocoder, and this run has task=voice"),
        (
            "train",
            ["task=vocoder", "model.width=3"],
            "model.width is no key of this command with task=vocoder; it belongs",
        ),
        (
            "train",
            ["task=vocoder", "model=medium"],
            "no key of this command with task=vocoder; it belongs to task=voice",
        ),
        ("train", ["generator.width=3"], "with task=voice; it belongs to task=vocoder"),
        ("train", ["experiment=vocoder_voice", "loss.mel=1"], "unknown key 'loss.mel'; did you mean 'loss.spectral'?"),
        ("train", ["model.decoder.positions=true"], "belongs to model/decoder=autoregressive: give that, too"),
        (
            "train",
            ["corpus.parts.voice.weight=1"],
            "belongs to corpus=mix or corpus=universal or corpus=with_base: give one of these, too",
        ),
        ("train", ["loss.terms.delta=1"], "error: loss: terms.delta: there is no such term"),
        ("train", ["loss.terms.mel=1"], "this term comes with the package"),
        ("train", ["trainer.precision=17"], "error: trainer.precision: 17 is not one of"),
        (
            "train",
            ["corpus=mix", "corpus.parts.espeak.weight=-1"],
            "error: corpus.parts.espeak: weight must be above 0",
        ),
        ("train", ["--resolve"], "--resolve has a meaning beside --cfg job only"),
        ("train", ["--cfg", "job", "trainer.precision=17"], "trainer.precision: 17 is not one of"),
        ("synthesize", ["--cfg", "job"], "voice is missing: give voice=VALUE"),
        ("synthesize", ["voice=v", "vocoder.path=p"], "vocoder.path belongs to vocoder=istft: give that, too"),
        ("synthesize", ["voice=v", "speed=fast"], "error: speed: expected float, got 'fast'"),
        ("evaluate", ["metric=beauty", "voice=v"], "error: metric: 'beauty' is not one of"),
        ("evaluate", ["metric=speech"], "metric=speech needs voice=PATH alone; given: none of these"),
        ("evaluate", ["metric=robustness", "recordings=r"], "recordings=PATH with aligner=PATH; given: recordings"),
        ("align", [], "corpus is missing: give corpus=NAME, one of allison, "),
        ("align", ["voice=v", "out=o"], "corpus is missing"),
        ("prepare", ["text.language=de"], "text.language=de, but corpus.language=en-us"),
        ("prepare", ["text.language=de"], "give corpus.language=de alone"),
        ("align", ["corpus=vctk", "text.language=fr-fr"], "text.language=fr-fr, but corpus.language=en-gb"),
        ("train", ["plugins=[no_such_package]"], "plugins=no_such_package: cannot be imported (ModuleNotFoundError"),
    ],
)
def test_mistakes_are_one_line_and_status_one(
    config: str, arguments: list[str], complaint: str, call: Callable[..., Any]
) -> None:
    literal = ("text", "voice")
    result = call(command(lambda _: pytest.fail("it ran"), config, literal, **CHECKS[config]), *arguments)
    assert result.status == 1
    assert len(result.errors) == 1
    assert complaint in result.errors[0]
    assert "Traceback" not in result.err


def test_what_the_command_refuses_is_one_line(call: Callable[..., Any]) -> None:
    def refuse(_: dict[str, Any]) -> None:
        raise UserError("no such\nthing:\n  look elsewhere")

    result = call(command(refuse, "evaluate"), "voice=v", "metric=speech")
    assert (result.status, result.errors) == (1, ["error: no such thing: look elsewhere"])


def test_a_full_disk_is_one_line(call: Callable[..., Any]) -> None:
    def fill(_: dict[str, Any]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "out/0001.wav")

    result = call(command(fill, "evaluate"), "voice=v", "metric=speech")
    assert result.status == 1 and "No space left on device: 'out/0001.wav'" in result.errors[0]
    assert "Traceback" not in result.err


def test_a_bug_keeps_its_traceback(call: Callable[..., Any]) -> None:
    def fail(_: dict[str, Any]) -> None:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        call(command(fail, "evaluate"), "voice=v", "metric=speech")


def test_interruption_is_no_error(call: Callable[..., Any]) -> None:
    def interrupted(_: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    result = call(command(interrupted, "evaluate"), "voice=v", "metric=speech")
    assert result.status == 130
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_command_s_config_composes(name: str) -> None:
    assert load_config(name)


def test_every_run_of_a_multirun_is_named_by_what_differs(call: Callable[..., Any]) -> None:
    def folders(*given: str) -> list[str]:
        main, configs = seen_by("train")
        assert call(main, "--multirun", *given).status == 0
        return [config["run_dir"] for config in configs]

    assert folders("seed=0,1") == ["runs/voice/seed=0", "runs/voice/seed=1"]
    assert folders("seed=3", "trainer.max_steps=5") == ["runs/voice"]
    long = [f"corpus.credits={'a' * 90}{end}" for end in ("b,c", "d,e")]
    names = [name for sweep in long for name in folders(sweep.replace(",", f",{'a' * 90}"))]
    assert len(set(names)) == 4 and all(len(Path(name).name) < 100 for name in names)


@pytest.mark.parametrize(
    ("old", "new", "run_dir"), [("demo", "without_base", "demo"), ("allison", "one_speaker", "allison")]
)
def test_earlier_names_go_on_working(old: str, new: str, run_dir: str, call: Callable[..., Any]) -> None:
    main, configs = seen_by("train")
    result = call(main, f"experiment={old}", "loss.blank=null", "trainer.max_steps=7")
    assert result.status == 0 and f"experiment={old} is now called experiment={new}" in result.err
    expected = load_config("train", [f"experiment={new}", "trainer.max_steps=7"])
    assert configs[0] == {**expected, "run_dir": f"runs/{run_dir}"}


def test_little_speech_of_earlier_versions_is_the_one_without_the_base(call: Callable[..., Any]) -> None:
    main, configs = seen_by("train")
    result = call(main, "experiment=little_speech", "~corpus.parts.espeak", "corpus.parts.voice.out=data/mine")
    assert result.status == 0 and "is now called experiment=without_base" in result.err
    assert configs[0]["run_dir"] == "runs/little_speech" and configs[0]["init_from"] is None
    assert list(configs[0]["corpus"]["parts"]) == ["voice", "hibari"]
    call(main, "experiment=little_speech", "corpus.parts.voice.out=data/mine")
    assert configs[1]["init_from"] == "base" and list(configs[1]["corpus"]["parts"]) == ["voice", "base"]
