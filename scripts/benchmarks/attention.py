"""Every mechanism of attention from one plain checkpoint: `scripts/benchmark.py benchmark=attention out=DIR
[corpus=data/espeak] [mechanisms=NAME,…] [seeds=0,1] [decoders=parallel,autoregressive] [plain=N] [steps=N]
[sentences=50]`.

For each seed and decoder a voice is trained for `plain` steps (200 in parallel, 1,500 autoregressively) with plain
attention on speech with exact phone times; from that checkpoint every mechanism of `configs/model/attention` learns for
`steps` more (200 and 400), on one thread. Counted are: steps until the path is diagonal, and in the end the errors of
its own boundaries, and tokens skipped, repeated and unfinished on it; of the autoregressive
decoder also bad cases and word errors on so many of the hard sentences and on others four times as long as any in
training. When all are there, time and memory are measured, one mechanism after the other in one run.

Writes DIR/attention.md, attention.png (one sentence by each) and a file of figures for each case; what is in DIR
already is not done again. Seeds may be given to several processes with the same DIR, `timed=no` to all but the last.
Overrides for `scripts/train.py` may follow.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from filelock import FileLock
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.decoding import text_of
from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.attention.focus import inspect_path
from tts.audio import waveform
from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.corpora.synthetic.sentences import read_sentences
from tts.data.dataset import Item
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.evaluation.boundaries import match_boundaries, summarise
from tts.evaluation.judges import Recogniser
from tts.evaluation.robustness import HardSentence, from_voice, read_hard_sentences, score_robustness
from tts.intervals import phone_tier
from tts.models.acoustic import Conditions
from tts.models.decoders.autoregressive import AutoregressiveDecoder
from tts.reporting.plots import save_png
from tts.storage.files import write_text
from tts.storage.resources import folder
from tts.synthesis.timings import timings
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.hardware.fabric import launch

MECHANISMS = sorted(path.stem for path in (folder("configs") / "model" / "attention").glob("*.yaml"))
FUTURE = "lookahead"
"""It reads frames to come, which an autoregressive decoder does not have."""
EXPERIMENT = {
    "parallel": ["experiment=exact_times", "trainer.frames_per_batch=4800"],
    "autoregressive": ["experiment=transformer_plain", "corpus=espeak", "smma.switch_on=step"],
}
PLAIN = {"parallel": 200, "autoregressive": 1500}
STEPS = {"parallel": 200, "autoregressive": 400}
LISTENING = 20
"""Steps of the plain phase from the checkpoint on, in which the sharpest heads are found; then it switches."""
EVERY = 20
"""Steps between two looks at the path."""
DIAGONAL = 0.99
"""Share of steps between frames that stay or move on by one, from which on a path is diagonal, if it also ends within
a token of the last and skips less than one token an utterance."""
HELD_OUT = 16
"""Utterances."""
WARMING, TIMED = 3, 12
"""Training steps that are not timed, and that are; so many sentences are spoken too."""
STEPS_SPOKEN = 150
"""Of the decoder, in a sentence whose speaking is timed."""
SHOWN = 3
LONG, LONGER = 5, 4
"""So many sentences, each of so many of the list in one go."""
COMMON = ["trainer.devices=1", "trainer.threads=1", "smma.hard_share=0.0"]
Row = dict[str, float]


@dataclass(frozen=True)
class Case:
    decoder: str
    mechanism: str
    seed: int
    plain: int
    steps: int
    sentences: int
    corpus: str
    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.decoder}_{self.mechanism}_{self.seed}"

    def settings(self, run: Path, extra: Iterable[str]) -> TrainConfig:
        """Of its run."""
        given = [*EXPERIMENT[self.decoder], f"corpus.out={self.corpus}", f"seed={self.seed}", f"run_dir={run}"]
        config = read_config(load_config("train", [*given, *COMMON, *extra, *self.overrides]))
        assert isinstance(config, TrainConfig)
        return config


def main(arguments: list[str], out: Path | None) -> None:
    """Train, measure and write the table."""
    if out is None:
        raise UserError("benchmark=attention: give out=DIR, where checkpoints and results stay")
    taken = {"corpus": "data/espeak", "mechanisms": ",".join(MECHANISMS), "seeds": "0,1", "plain": "", "steps": "",
             "decoders": "parallel,autoregressive", "sentences": "50", "timed": "yes"}  # fmt: skip
    pairs = [argument.partition("=")[::2] for argument in arguments]
    given = taken | {key: value for key, value in pairs if key in taken}
    overrides = tuple(argument for argument in arguments if argument.partition("=")[0] not in taken)
    unknown = set(given["mechanisms"].split(",")) - set(MECHANISMS)
    if unknown or set(given["decoders"].split(",")) - set(EXPERIMENT):
        known = f"mechanisms are {', '.join(MECHANISMS)}, decoders {', '.join(EXPERIMENT)}"
        raise UserError(f"benchmark=attention: {known}")
    out.mkdir(parents=True, exist_ok=True)
    corpus = read_manifest(Path(given["corpus"]).expanduser())
    cases = [
        Case(
            decoder=decoder,
            mechanism=mechanism,
            seed=seed,
            plain=int(given["plain"] or PLAIN[decoder]),
            steps=int(given["steps"] or STEPS[decoder]),
            sentences=int(given["sentences"]),
            corpus=str(corpus.folder),
            overrides=overrides,
        )
        for decoder in given["decoders"].split(",")
        for seed in map(int, given["seeds"].split(","))
        for mechanism in given["mechanisms"].split(",")
        if (mechanism, decoder) != (FUTURE, "autoregressive")
    ]
    if any(case.decoder == "autoregressive" for case in cases):
        with FileLock(out / "judge.lock"):  # the first of several processes trains it
            if not (out / "judge/aligner.json").is_file():
                train_judge(corpus, out / "judge")
    for case in cases:
        once(case, out, "figures", measured)
    if given["timed"] == "yes":
        for decoder, mechanism in dict.fromkeys((case.decoder, case.mechanism) for case in cases):
            once(next(c for c in cases if (c.decoder, c.mechanism) == (decoder, mechanism)), out, "costs", timed)
    write_text(out / "attention.md", page(out))
    draw(out)
    print(f"written: {out}/attention.md and attention.png")


def once(case: Case, out: Path, what: str, work: Callable[[Case, Path], Row]) -> None:
    """Do the work in a process of its own, whose memory is then its own, if what it found is not there yet."""
    path = out / what / f"{case.name}.json"
    if path.is_file():
        return
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        row = pool.submit(work, case, out).result()
    path.parent.mkdir(exist_ok=True)
    write_text(path, json.dumps(row, indent=1))
    print(what, case.name, json.dumps({k: round(v, 4) for k, v in row.items()}), flush=True)


def train_judge(corpus: PreparedCorpus, path: Path) -> None:
    """An aligner of the corpus, that hears what is skipped or repeated."""
    config, recordings = AlignerConfig(), []
    for u in corpus.split("train"):
        recordings.append((u.id, waveform.read(corpus.audio_path(u), config.sample_rate), u.tokens))
    speakers = sorted({u.speaker for u in corpus.split("train")})
    train_aligner(recordings, config).save(path, learnt_from={corpus.info.name: speakers})


def plain_checkpoint(case: Case, out: Path) -> Path:
    """The voice of the plain phase that every mechanism of the same decoder and seed starts from."""
    run = out / f"plain_{case.decoder}_{case.seed}"
    if not (run / "voice" / "voice.json").is_file():
        budget = [f"trainer.max_steps={case.plain}", "smma.switch_on=never", f"trainer.validate_every={case.plain}",
                  f"trainer.checkpoint_every={case.plain}"]  # fmt: skip
        config = case.settings(run, budget)
        AcousticTrainer(config, launch(config.trainer)).fit()
    return run / "voice"


def from_checkpoint(case: Case, out: Path, run: Path, switch_step: int) -> AcousticTrainer:
    """A trainer of the mechanism that starts at the checkpoint and switches at a step."""
    torch.set_num_threads(1)
    start = plain_checkpoint(case, out)
    chosen = f"model/attention={case.mechanism}"
    extra = [f"init_from={start}", "smma.prior=0.0", f"smma.switch_step={switch_step}"]
    if case.decoder == "parallel":
        extra.append(chosen)
    else:
        kind = asdict(read_attention(chosen))
        extra += [f"model.decoder.attention.{key}={kind[key]}" for key in ("gate", "selection", "gate_noise")]
    config = case.settings(run, extra)
    return AcousticTrainer(config, launch(config.trainer))


def timed(case: Case, out: Path) -> Row:
    """CPU-seconds of a training step and of speaking, and memory."""
    with TemporaryDirectory() as scratch:
        trainer = from_checkpoint(case, out, Path(scratch) / "run", 0)
        seconds, batches = [], trainer.batches()
        for _ in range(WARMING + TIMED):
            trainer.before_step()
            batch, started = next(batches), time.process_time()
            trainer.train_step(batch, 0.0)
            seconds.append(time.process_time() - started)
            trainer.step += 1
        if trainer.log is not None:
            trainer.log.close()
    row = {"CPU-seconds a step": statistics.median(seconds[WARMING:])}
    row["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if case.decoder == "autoregressive":
        decoder = Voice.load(out / case.name).model.decoder
        assert isinstance(decoder, AutoregressiveDecoder)
        row["CPU-ms a frame spoken"] = 1000 * statistics.median(seconds_a_frame(decoder) for _ in range(TIMED))
    return row


@torch.inference_mode()
def seconds_a_frame(decoder: AutoregressiveDecoder) -> float:
    """CPU-seconds that decoding takes for each frame, of a text of some ten words."""
    states, lengths, durations = text_of(decoder, STEPS_SPOKEN)
    started = time.process_time()
    made = decoder.infer(states, lengths, durations, given=False)
    return (time.process_time() - started) / int(made.mel_lengths)


def measured(case: Case, out: Path) -> Row:
    """Train one mechanism from the checkpoint and look at it."""
    trainer = from_checkpoint(case, out, out / case.name, LISTENING)
    items, diagonal = trainer.data.valid.items[:HELD_OUT], float("nan")
    total, batches = LISTENING + case.steps, trainer.batches()
    for step in range(total):
        trainer.before_step()
        trainer.train_step(next(batches), step / total)
        trainer.step += 1
        if step >= LISTENING and (step + 1 - LISTENING) % EVERY == 0 and diagonal != diagonal:
            path = look(trainer, items)
            straight = path["monotonicity"] >= DIAGONAL and path["unfinished"] <= 1 and path["skipped"] < 1
            diagonal = step + 1 - LISTENING if straight else diagonal
    row = {"steps to a diagonal": diagonal} | look(trainer, items)
    torch.save(picture_of(trainer, items), out / f"{case.name}.pt")
    if trainer.log is not None:
        trainer.log.close()
    if case.decoder == "autoregressive":
        trainer.export()
        row |= spoken(Voice.load(out / case.name), case, out)
    return row


def read_attention(chosen: str) -> Any:
    """The settings that a config of the attention gives."""
    config = read_config(load_config("train", ["corpus=espeak", chosen]))
    assert isinstance(config, TrainConfig)
    return config.model.attention


@torch.no_grad()
def look(trainer: AcousticTrainer, items: list[Item]) -> Row:
    """Boundary errors and path of held-out recordings, along the alignment that the mechanism itself makes."""
    model, config = trainer.model.eval(), trainer.config
    errors, rows = [], []
    for item in items:
        batch = trainer.data.valid.collate([item])
        output = model(batch, Conditions())
        alignment = output.leading.alignment[0] if output.decoded.cross_attentions else output.alignment[0]
        repeat = -(-len(batch.mel[0]) // len(alignment))
        alignment = alignment.repeat_interleave(repeat, 0)[: len(batch.mel[0])]
        path = inspect_path(alignment[None], batch.text.lengths, batch.mel_lengths)
        rows.append({name: float(value.float().mean()) for name, value in vars(path).items()})
        whole = alignment / alignment.sum(-1, keepdim=True).clamp(min=1e-8)
        truth = phone_tier(item.corpus.folder / "truth" / f"{item.utterance.id}.TextGrid")
        frames = whole.double().sum(0).tolist()
        _, phones = timings(item.utterance.tokens, frames, config.audio.frame_seconds, 0.0, truth[-1].end)
        errors += [b.error for b in match_boundaries(phones, truth)]
    means = {name: statistics.mean(row[name] for row in rows) for name in rows[0]}
    found = summarise(errors)
    return means | {"median ms": 1000 * found["median"], "within 20 ms %": 100 * found["within_20ms"]}


@torch.no_grad()
def picture_of(trainer: AcousticTrainer, items: list[Item]) -> torch.Tensor:
    """The alignment `[T, N]` of a held-out recording."""
    batch = trainer.data.valid.collate([items[SHOWN]])
    output = trainer.model.eval()(batch, Conditions())
    return output.leading.alignment[0].half()


def spoken(voice: Voice, case: Case, out: Path) -> Row:
    """Hard sentences, and others four times as long as any in training."""
    every = read_hard_sentences()
    hard = every[:: max(1, len(every) // case.sentences)][: case.sentences]
    texts = read_sentences(folder("sentences") / "everyday.txt")
    long = [
        HardSentence("long", " ".join(texts[i * LONGER : (i + 1) * LONGER]).replace(". ", ", ")) for i in range(LONG)
    ]
    judge, recogniser = Aligner.load(out / "judge"), Recogniser()
    row: Row = {}
    for name, sentences in (("hard", hard), ("long", long)):
        target = out / case.name / name
        target.mkdir(exist_ok=True)
        score = score_robustness(from_voice(voice), judge, sentences, target, recogniser, len(sentences))
        row[f"bad of {len(sentences)} {name}"] = len(score.bad)
        row[f"not spoken, {name}"] = len(score.unscored)
        row[f"word errors %, {name}"] = 100 * score.word_errors["all"].rate if "all" in score.word_errors else math.nan
    return row


def page(out: Path) -> str:
    """A table for each decoder: means over the seeds, and where these differ, the least and the most."""
    parts = []
    for decoder in EXPERIMENT:
        found: dict[str, list[Row]] = {}
        for path in sorted((out / "figures").glob(f"{decoder}_*.json")):
            mechanism = path.stem.removeprefix(f"{decoder}_").rpartition("_")[0]
            found.setdefault(mechanism, []).append(json.loads(path.read_text("utf-8")))
        if not found:
            continue
        costs = {}
        for mechanism in found:
            for path in sorted((out / "costs").glob(f"{decoder}_{mechanism}_[0-9]*.json")):
                costs[mechanism] = json.loads(path.read_text("utf-8"))
        columns = [*next(iter(found.values()))[0], *next(iter(costs.values()), {})]
        lines = [f"## {decoder}", "", "| mechanism | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
        for name, rows in found.items():
            every = [*rows, costs[name]] if name in costs else rows
            lines.append(f"| `{name}` | " + " | ".join(_range(every, column) for column in columns) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _range(rows: list[Row], column: str) -> str:
    values = [row[column] for row in rows if column in row]
    if any(math.isnan(v) for v in values) or not values:
        return "–"
    mean, least, most = (_short(value) for value in (statistics.mean(values), min(values), max(values)))
    return mean if least == most else f"{mean} ({least}–{most})"


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"


def draw(out: Path) -> None:
    """The same recording along every mechanism, one picture each."""
    pictures = sorted(out.glob("*_0.pt"))
    if not pictures:
        return
    columns, rows = 5, -(-len(pictures) // 5)
    figure = Figure(figsize=(3.2 * columns, 2.4 * rows))
    FigureCanvasAgg(figure)
    for axes, path in zip(figure.subplots(rows, columns, squeeze=False).flat, pictures, strict=False):
        weights = torch.load(path, weights_only=True).float()
        axes.imshow(weights.T, origin="lower", aspect="auto", interpolation="nearest", cmap="magma", vmin=0, vmax=1)
        decoder, _, mechanism = path.stem.removesuffix("_0").partition("_")
        axes.set_title(mechanism if decoder == "parallel" else f"{mechanism}, {decoder}", fontsize=9)
        axes.set(xticks=[], yticks=[])
    for axes in figure.axes[len(pictures) :]:
        axes.set_axis_off()
    figure.tight_layout()
    save_png(figure, out / "attention.png")
