"""What every command shares: literal texts, and mistakes that come back as one line."""

import errno
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tts.commands import align, evaluate, prepare_data, synthesize, train
from tts.commands.cli import command, load_config
from tts.commands.compose import SETTINGS
from tts.commands.options import options_of
from tts.errors import UserError
from tts.storage.resources import folder

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


CHECKS: dict[str, Any] = {
    "align": {"check": align.read_config, "chosen": ("corpus",)},
    "evaluate": {"check": evaluate.read_config},
    "prepare": {"check": prepare_data.read_config},
    "synthesize": {"check": synthesize.read_config},
    "train": {"check": train.read_config},
}
"""What each command refuses before it does anything."""


def seen_by(config_name: str, literal: tuple[str, ...] = ()) -> tuple[Callable[[], None], list[dict[str, Any]]]:
    configs: list[dict[str, Any]] = []
    return command(configs.append, config_name, literal), configs


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
        ("train", ["corpus.parts.voice.weight=1"], "belongs to corpus=mix or corpus=universal: give one of these, too"),
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


HELPS = [
    *((name,) for name in sorted(SETTINGS)),
    ("train", "experiment=vocoder_universal"),
    ("train", "model/decoder=autoregressive"),
    ("train", "corpus=mix"),
    *(("prepare", f"corpus={layout}") for layout in ("espeak", "hibari", "libritts", "ljspeech", "vctk")),
    *(("synthesize", f"vocoder={vocoder}") for vocoder in ("griffin_lim", "hub", "istft")),
]


@pytest.mark.parametrize("asked", HELPS, ids=" ".join)
def test_help_explains_every_key_and_its_default(asked: tuple[str, ...], call: Callable[..., Any]) -> None:
    main, configs = seen_by(asked[0])
    result = call(main, "--help", *asked[1:])
    assert result.status == 0 and not configs, result.err
    entries = re.split(r"\n  (?=\S)", result.out.partition("Keys and their defaults:")[2].partition("\n\n")[0])[1:]
    assert [entry for entry in entries if not re.search(r"=.*?(  +|\n +)\S", entry)] == []
    assert "seed=0" in result.out or asked[0] != "train"
    assert "python scripts/" in result.out


def test_every_choice_is_explained_too() -> None:
    load_config("train"), load_config("synthesize"), load_config("prepare")
    root = folder("configs")
    groups = {str(path.parent.relative_to(root)) for path in root.rglob("*/*.yaml")} | {"vocoder", "model/decoder"}
    assert [(group, name) for group in groups for name, said in options_of(group).items() if not said] == []


def test_the_whole_config_can_be_printed(call: Callable[..., Any]) -> None:
    main, configs = seen_by("train")
    result = call(main, "--cfg", "job", "experiment=exact_times", "seed=3")
    assert result.status == 0 and not configs
    assert yaml.safe_load(result.out) == {**load_config("train", ["experiment=exact_times", "seed=3"]), "plugins": []}


@pytest.mark.parametrize("error", ["KeyError('voice')", "FileNotFoundError(2, 'No such file', 'a.txt')"])
def test_an_error_in_a_plugin_names_it(
    error: str,
    call: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "faulty.py").write_text(f"def work(config):\n    raise {error}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "faulty", raising=False)
    main = command(lambda config: import_module("faulty").work(config), "synthesize")
    try:
        written = call(main, "plugins=[faulty]", "voice=v").err
    except KeyError:  # a bug, which keeps its traceback
        written = capsys.readouterr().err
        assert "KeyError" in error
    assert written.startswith(f"error: plugin faulty ({tmp_path}/faulty.py:2): ")
    assert written.count("\n") == 1 and ("voice" in written or "No such file: 'a.txt'" in written)


def test_configs_of_the_user_s_own(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/tiny.yaml").write_text("# @package _global_\nmodel: {width: 32}\n", "utf-8")
    main, configs = seen_by("train")
    assert call(main, "--config-dir", str(tmp_path / "mine"), "experiment=tiny").status == 0
    assert configs[0]["model"]["width"] == 32


def test_help_names_configs_of_the_user_s_own(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/tiny.yaml").write_text("# @package _global_\n# Mine.\nseed: 3\n", "utf-8")
    said = call(seen_by("train")[0], "--config-dir", f"{tmp_path}/mine", "--help").out
    assert re.search(r"    tiny +Mine\.", said) and "    one_speaker " in said


@pytest.mark.parametrize(
    ("given", "file", "complaint"),
    [
        ("mine/experiment", "mine/experiment/tiny.yaml", "mine/experiment/tiny.yaml: give --config-dir {}/mine"),
        ("mine", "mine/configs/experiment/tiny.yaml", "give --config-dir {}/mine/configs"),
        ("mine", "mine/tiny.yaml", "{}/mine/tiny.yaml belongs in the folder {}/mine/experiment, as --config-dir"),
        ("mine", "mine/other.yaml", "no such config in {}/mine/experiment or the package's configs/experiment; known"),
        ("mine", "mine/experiment/tinny.yaml", "did you mean 'tinny'?"),
    ],
)  # fmt: skip
def test_a_config_in_another_place_is_found(
    given: str, file: str, complaint: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("# @package _global_\nseed: 3\n", "utf-8")
    result = call(seen_by("train")[0], "--config-dir", f"{tmp_path}/{given}", "experiment=tiny")
    assert result.status == 1 and complaint.replace("{}", str(tmp_path)) in result.errors[0]


def test_an_experiment_without_its_first_line_is_told_so(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/tiny.yaml").write_text("# Mine.\nseed: 3\n", "utf-8")
    result = call(seen_by("train")[0], "--config-dir", str(tmp_path), "experiment=tiny")
    assert result.status == 1
    assert f"{tmp_path}/experiment/tiny.yaml: its first line must be `# @package _global_`" in result.errors[0]


@pytest.mark.parametrize(
    ("written", "given", "complaint"),
    [
        ("trainer: {max_step: 3}", [], "trainer: unknown key 'max_step'; did you mean 'max_steps'?"),
        ("seed: 3", ["trainer.max_step=3"], "unknown key 'trainer.max_step'; did you mean 'trainer.max_steps'?"),
        ("defaults: [override /vocoder: istft]", [], "experiment/tiny: vocoder is no key of this command"),
    ],
)
def test_a_mistake_beside_an_experiment_of_the_user_s_own_is_named(
    written: str, given: list[str], complaint: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/tiny.yaml").write_text(f"# @package _global_\n{written}\n", "utf-8")
    main = command(lambda _: pytest.fail("it ran"), "train", **CHECKS["train"])
    result = call(main, "--config-dir", str(tmp_path), "experiment=tiny", *given)
    assert result.status == 1 and complaint in result.errors[0]


def test_a_term_of_the_loss_from_a_package_is_a_key_like_others() -> None:
    assert load_config("train", ["loss.terms.delta=0.5"])["loss"]["terms"] == {"delta": 0.5}
    assert load_config("train", ["+loss.terms.delta=0.5"])["loss"]["terms"] == {"delta": 0.5}, "as it had to be before"


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


def test_resolving_is_done_and_may_be_asked_for(call: Callable[..., Any]) -> None:
    result = call(seen_by("train")[0], "--cfg", "job", "--resolve", "name=n")
    assert result.status == 0 and yaml.safe_load(result.out)["run_dir"] == "runs/n"
    assert "--resolve" in call(seen_by("train")[0], "--help").out


@pytest.mark.parametrize(
    ("old", "new", "run_dir"), [("demo", "little_speech", "demo"), ("allison", "one_speaker", "allison")]
)
def test_earlier_names_go_on_working(old: str, new: str, run_dir: str, call: Callable[..., Any]) -> None:
    main, configs = seen_by("train")
    result = call(main, f"experiment={old}", "loss.blank=null", "trainer.max_steps=7")
    assert result.status == 0 and f"experiment={old} is now called experiment={new}" in result.err
    expected = load_config("train", [f"experiment={new}", "trainer.max_steps=7"])
    assert configs[0] == {**expected, "run_dir": f"runs/{run_dir}"}


def test_help_shows_only_what_the_command_takes(call: Callable[..., Any]) -> None:
    synthesize, train = (call(seen_by(name)[0], "-h").out for name in ("synthesize", "train"))
    assert (
        "corpus" not in synthesize and "trainer." not in synthesize and "experiment" not in synthesize.split("Keys")[1]
    )
    prepared = call(command(lambda _: None, "train", prepared=True), "--help").out
    assert "  corpus.out=" in prepared and "  corpus.licence=" not in prepared
    assert "\n    vocoder_allison " not in train and "  corpus.licence=" in train
    assert "  run_dir=runs/exact_times" in call(seen_by("train")[0], "experiment=exact_times", "--help").out


SCRIPTS_FOLDER = folder("configs").parent / "scripts"


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS_FOLDER.glob("*.py")))
def test_help_of_a_script_does_nothing_else(
    script: str, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS_FOLDER))
    result = call(lambda: runpy.run_path(str(SCRIPTS_FOLDER / script), run_name="__main__"), "--help")
    assert result.status == 0 and f"python scripts/{script}" in result.out and "error" not in result.err
    assert list(Path.cwd().iterdir()) == []


SPEAKER = """
import sys

def speak(config):
    for i in range(20_000 if config["speed"] == 2 else 1):
        print("€ ʃ", config["out"])
    print("€ done", file=sys.stderr, flush=True)
    open(config["out"], "w").close()
"""
SCRIPTS = {
    "command.py": SPEAKER + "from tts.commands.cli import command; command(speak, 'synthesize', ('text', 'out'))()",
    # What every command begins with, without what takes seconds to import.
    "streams.py": SPEAKER + "from tts.commands.terminal import make_reliable; make_reliable()\n"
    "speak({'out': 'done', 'speed': 1})",
}


@pytest.mark.parametrize(
    ("shell", "seen"),
    [
        ("PYTHONIOENCODING=ascii $STREAMS", "\\u20ac \\u0283 done"),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 $STREAMS", "\\u20ac"),
        ("$STREAMS >&-", ""),
        ("$STREAMS 2>&-", "€ ʃ done"),
        ("$COMMAND out=done >&- 2>&-", ""),
        ("$COMMAND out=done speed=2 | head -1", "€ ʃ done"),
        ("PYTHONIOENCODING=latin-1 $COMMAND --help | head -1", "Speak"),
    ],
)
def test_a_command_works_on_any_terminal(shell: str, seen: str, tmp_path: Path) -> None:
    for name, script in SCRIPTS.items():
        (tmp_path / name).write_text(script, "utf-8")
    run = f'set -o pipefail; COMMAND="{sys.executable} command.py voice=v"; STREAMS="{sys.executable} streams.py"; '
    done = subprocess.run(["bash", "-c", run + shell], capture_output=True, cwd=tmp_path, timeout=120)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, err
    assert out.startswith(seen) and "Traceback" not in err and "Exception" not in err, err
    assert (tmp_path / "done").exists() or "--help" in shell


def test_nothing_is_left_in_the_folder_a_command_is_called_from(call: Callable[..., Any]) -> None:
    main, _ = seen_by("synthesize", ("text",))
    call(main, "voice=v", "text=hello")
    call(main, "voice=v", "speeed=3")
    assert list(Path.cwd().iterdir()) == []


def test_the_scripts_are_the_commands(tmp_path: Path) -> None:
    script = folder("configs").parent / "scripts" / "synthesize.py"
    if not script.is_file():
        pytest.skip("scripts/ is not in this installation")
    arguments = [sys.executable, str(script), f"voice={tmp_path}/none", 'text=Say "a=b", ${now}']
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == f"error: {tmp_path}/none: no voice here; give the folder that training wrote as RUN_DIR/voice"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("after", ["pass", "raise AttributeError('half imported')"])
def test_an_import_cannot_swallow_ctrl_c(after: str) -> None:
    code = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import tts.commands
try:
    signal.raise_signal(signal.SIGINT)
except BaseException:
    {after}
sys.argv[1:] = ["--help"]
from tts.commands.synthesize import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "interrupted\n") and done.returncode
