"""Every mechanism of attention from one plain checkpoint: `scripts/benchmark.py benchmark=attention out=DIR
[corpus=data/espeak] [mechanisms=NAME,…] [seeds=0,1] [decoders=parallel,autoregressive] [plain=N] [steps=N]
[sentences=50]`.

For each seed and decoder a voice is trained for `plain` steps (200 in parallel, 1,500 autoregressively) with plain
attention on speech with exact phone times; from that checkpoint every mechanism of `configs/model/attention` learns for
`steps` more (200 and 400), on one thread. Counted are: steps until the path is diagonal, and in the end the errors of
its own boundaries, tokens skipped, repeated and unfinished on it, CPU-seconds a step and memory; of the autoregressive
decoder also bad cases, word errors and speed on so many of the hard sentences and on others four times as long as any
in training. Writes DIR/attention.md, attention.png (one sentence by each) and results.json; what is in DIR already is
not done again. Overrides for `scripts/train.py` may follow.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import resource
import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

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
             "decoders": "parallel,autoregressive", "sentences": "50"}  # fmt: skip
    pairs = [argument.partition("=")[::2] for argument in arguments]
    given = taken | {key: value for key, value in pairs if key in taken}
    overrides = tuple(argument for argument in arguments if argument.partition("=")[0] not in taken)
    unknown = set(given["mechanisms"].split(",")) - set(MECHANISMS)
    if unknown or set(given["decoders"].split(",")) - set(EXPERIMENT):
        known = f"mechanisms are {', '.join(MECHANISMS)}, decoders {', '.join(EXPERIMENT)}"
        raise UserError(f"benchmark=attention: {known}")
    out.mkdir(parents=True, exist_ok=True)
    corpus, results = read_manifest(Path(given["corpus"]).expanduser()), out / "results.json"
    rows: dict[str, Row] = json.loads(results.read_text("utf-8")) if results.is_file() else {}
    for decoder in given["decoders"].split(","):
        if decoder == "autoregressive" and not (out / "judge/aligner.json").is_file():
            train_judge(corpus, out / "judge")
        for seed in map(int, given["seeds"].split(",")):
            for mechanism in given["mechanisms"].split(","):
                plain, steps = int(given["plain"] or PLAIN[decoder]), int(given["steps"] or STEPS[decoder])
                case = Case(
                    decoder, mechanism, seed, plain, steps, int(given["sentences"]), str(corpus.folder), overrides
                )
                if case.name in rows or (mechanism, decoder) == (FUTURE, "autoregressive"):
                    continue
                rows[case.name] = alone(measured, case, out)
                write_text(results, json.dumps(rows, indent=1))
                print(case.name, json.dumps({k: round(v, 4) for k, v in rows[case.name].items()}), flush=True)
    write_text(out / "attention.md", page(rows))
    draw(out)
    print(f"written: {out}/attention.md and attention.png")


def alone(work: Any, *arguments: Any) -> Any:
    """The result of a function that runs in a process of its own, whose memory is then its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments).result()


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


def measured(case: Case, out: Path) -> Row:
    """Train one mechanism from the checkpoint and look at it."""
    torch.set_num_threads(1)
    start = plain_checkpoint(case, out)
    chosen = f"model/attention={case.mechanism}"
    extra = [f"init_from={start}", "smma.prior=0.0", f"smma.switch_step={LISTENING}"]
    if case.decoder == "parallel":
        extra.append(chosen)
    else:
        kind = asdict(read_attention(chosen))
        extra += [f"model.decoder.attention.{key}={kind[key]}" for key in ("gate", "selection", "gate_noise")]
    config = case.settings(out / case.name, extra)
    trainer = AcousticTrainer(config, launch(config.trainer))
    items, seconds, diagonal = trainer.data.valid.items[:HELD_OUT], [], float("nan")
    total, batches = LISTENING + case.steps, trainer.batches()
    for step in range(total):
        trainer.before_step()
        batch, started = next(batches), time.process_time()
        trainer.train_step(batch, step / total)
        seconds.append(time.process_time() - started)
        trainer.step += 1
        if step >= LISTENING and (step + 1 - LISTENING) % EVERY == 0 and diagonal != diagonal:
            path = look(trainer, items)
            straight = path["monotonicity"] >= DIAGONAL and path["unfinished"] <= 1 and path["skipped"] < 1
            diagonal = step + 1 - LISTENING if straight else diagonal
    row = {"steps to a diagonal": diagonal} | look(trainer, items)
    row["CPU-seconds a step"] = statistics.median(seconds[LISTENING:])
    row["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
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
        row[f"CPU-seconds a sentence, {name}"] = statistics.mean(case.spent for case in score.cases)
    return row


def page(rows: dict[str, Row]) -> str:
    """A table for each decoder: means over the seeds."""
    parts = []
    for decoder in EXPERIMENT:
        found: dict[str, list[Row]] = {}
        for name, row in rows.items():
            kind, _, rest = name.partition("_")
            if kind == decoder:
                found.setdefault(rest.rpartition("_")[0], []).append(row)
        if not found:
            continue
        columns = list(next(iter(found.values()))[0])
        lines = [f"## {decoder}", "", "| mechanism | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
        for name, several in found.items():
            lines.append(f"| `{name}` | " + " | ".join(_mean(several, column) for column in columns) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _mean(rows: list[Row], column: str) -> str:
    values = [row[column] for row in rows if column in row]
    return "–" if any(v != v for v in values) or not values else f"{statistics.mean(values):.4g}"


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
