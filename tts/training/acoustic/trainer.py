"""Training a voice: the acoustic model through both phases."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from lightning_fabric import Fabric
from torch import Tensor

from tts.attention.focus import inspect_path
from tts.batch import Batch
from tts.data.batching import FrameBudgetBatches
from tts.earlier_names import renamed
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.losses import Objective, StepReport
from tts.reporting.progress import counted
from tts.settings.schema import plain
from tts.storage.files import write_rows
from tts.synthesis.folder import load_voice
from tts.synthesis.voice import Voice, VoiceConfig, VoiceInfo, save_voice
from tts.text.symbols import SPECIAL, SymbolTable
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.data import load_data
from tts.training.acoustic.low_rank import limit_rank, matrices
from tts.training.acoustic.phase import PhaseSchedule
from tts.training.acoustic.validation import Validator
from tts.training.acoustic.warm_start import build_model, warm_start
from tts.training.hardware.fabric import first_process_first
from tts.training.hardware.loading import load
from tts.training.hardware.stopping import StopRequest
from tts.training.monitoring.pictures import TrainingView, show, training_pictures
from tts.training.monitoring.run_log import RunLog
from tts.training.optimizer import averaged, learning_rate, make_optimizer
from tts.training.origin import Origins, after_resuming, in_short, origin_of, to_state
from tts.training.trainer import Trainer

UNFIT = (
    "a voice of the plain phase skips and repeats what it says; lower smma.switch_step, or go on for longer with "
    "resume=auto and a larger trainer.max_steps or max_minutes"
)
NAMED = 3
"""Utterances left out that the terminal names."""


class AcousticTrainer(Trainer[TrainConfig, Batch, StepReport]):
    """Exports `voice/`; leaves alignments/ (PNG), and left_out.tsv where there is reason to."""

    monitor = "mel_from_text"

    def __init__(self, config: TrainConfig, fabric: Fabric, stop: StopRequest | None = None) -> None:
        super().__init__(config, fabric, stop)
        # A run that goes on has its weights, and may be on a machine without the voice that it began from.
        resumed = self._resumed
        voice = Voice.load(config.init_from) if config.init_from and resumed is None else None
        symbols = SymbolTable(resumed["symbols"] if resumed else voice.table.symbols if voice else SPECIAL)
        # Runs of versions up to 0.4 have no languages: they speak that of their first corpus, and go on so.
        languages = resumed.get("languages") if resumed else voice.info.languages if voice else ()
        self.of_one_language = languages is None
        self.data = first_process_first(fabric, lambda: load_data(config, symbols, languages))
        known = voice.config.model.visible_channels if voice else (resumed or {}).get("visible_channels")
        self.model = build_model(config, self.data, known)
        self.origins: Origins = {}
        if voice is not None and config.init_from:
            self.origins["init_from"] = origin_of(config.init_from, voice.info)
            notes = warm_start(self.model, self.data, voice, config)
            if fabric.is_global_zero:
                print(*(f"init_from: {note}" for note in notes), sep="\n", end="\n" if notes else "")
        self.initial_matrices: dict[str, Tensor] = {}
        """The matrices that the run began with, where `update_rank` limits how the voice differs from them."""
        if config.update_rank is not None:
            self.initial_matrices = {name: matrix.detach().clone() for name, matrix in matrices(self.model).items()}
        optimizer = make_optimizer(self.model, config.optimizer)
        self.objective, self.optimizer = fabric.setup(Objective(self.model, config.loss), optimizer)
        self.average = averaged(self.model, config.optimizer.ema_decay)
        self.averaged_model = cast(AcousticModel, self.average.module)
        self.phase = PhaseSchedule(config.smma, config.seed, aligned=config.alignment.kind == "from_files")
        self.start()

    def prepare_first_process(self) -> None:
        self._report_left_out()
        self.utterances = {item.id: item.utterance for item in self.data.train.items}
        self.validator = Validator(
            self.data.valid,
            self.fabric.device,
            self.config.trainer.validation_utterances,
            self.run_dir,
        )

    def describe(self) -> str:
        parameters = sum(p.numel() for p in self.model.parameters()) / 1e6
        utterances, speakers = counted(len(self.data.train), "utterance"), counted(len(self.data.speakers), "speaker")
        narrow, shares = self.data.narrow, self.data.shares or []
        rarer, never = sum(0 < share < 1 for share in shares), shares.count(0)
        ranked = f", {rarer} of them drawn less often and {never} never (ranking)" if shares else ""
        band = f", {narrow} of them without the highest mel channels" if narrow else ""
        languages = ", ".join(self.data.languages)
        return f"{parameters:.2f} M parameters, {utterances}{band}{ranked}, {speakers}, to speak {languages}"

    def fit(self) -> dict[str, float]:
        """As any run; warns where the voice that it leaves is one of the plain phase."""
        smma, most = self.phase.config, self.config.trainer.max_steps
        never_due = smma.switch_on == "step" and self.phase.switched_at is None and most <= smma.switch_step
        if self.log is not None and never_due:
            self.log.line(
                f"trainer.max_steps={most} ends before the switch, smma.switch_step={smma.switch_step}: {UNFIT}"
            )
        metrics = super().fit()
        if self.log is not None and not (self.stopped or smma.switch_on == "never" or self.model.smma_tunable):
            due = f"step {smma.switch_step}" if smma.switch_on == "step" else f"a focus rate of {smma.focus_rate}"
            self.log.line(f"step {self.step}: the run ended before its switch at {due}; {UNFIT}")
        return metrics

    def batches(self) -> Iterator[Batch]:
        trainer, train = self.config.trainer, self.data.train
        sampler = FrameBudgetBatches(
            frames=[item.frames for item in train.items],
            part=[item.part for item in train.items],
            weights=self.data.weights,
            budget=trainer.frames_per_batch // self.fabric.world_size,
            pool=trainer.batches_per_pool,
            seed=self.config.seed,
            rank=self.fabric.global_rank,
            world=self.fabric.world_size,
            start=self.step,
            shares=self.data.shares,
        )
        return load(train, self.config.trainer, self.fabric, batch_sampler=sampler, collate_fn=train.collate)

    def before_step(self) -> None:
        if self.phase.update(self.step, self.model.attentions) and self.log is not None:
            self._log_switch(self.log)

    def train_step(self, batch: Batch, progress: float) -> tuple[Tensor, StepReport, Tensor]:
        self.objective.train()
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.config.optimizer, self.step, progress)
        loss, report = self.objective(batch, self.phase.conditions(self.step), self.step)
        norm = self.optimizer_step(loss, self.objective, self.optimizer)
        self.model.update_statistics()
        self.average.update_parameters(self.model)
        self.averaged_model.copy_phase(self.model)
        return loss, report, norm

    def log_step(self, log: RunLog, batch: Batch, report: StepReport, norm: Tensor) -> None:
        trainer, done = self.config.trainer, self.step - 1
        log.advance(int(batch.mel_lengths.sum()))
        if self.step % trainer.log_every == 0:
            path = inspect_path(report.alignment, batch.text.lengths, batch.mel_lengths)
            monotonic = self.model.smma_tunable
            values = {f"loss/{name}": float(term) for name, term in report.terms.items()}
            values |= {f"weight/{name}": weight for name, weight in self.config.loss.weights_at(done).items()}
            values |= {f"focus_rate/head_{h}": rate for h, rate in enumerate(report.focus.tolist())}
            values |= {f"path/{name}": float(value.float().mean()) for name, value in vars(path).items()}
            values |= {f"train/{name}": float(value) for name, value in plain(self.phase.conditions(done)).items()}
            values |= {
                "train/phase": float(monotonic),
                "train/lr": self.optimizer.param_groups[0]["lr"],
                "train/gradient_norm": float(norm),
            }
            mel, focus = values.get("loss/mel", float("nan")), float(report.focus.max())
            words = f"mel {mel:.3f} focus {focus:.2f} {'smma' if monotonic else 'plain'}"
            log.values(values, words, self.step, self.minutes)
        if self.step % trainer.alignment_every == 0:
            utterance = self.utterances[batch.ids[0]]
            view = TrainingView(report, batch, utterance, self.config.audio, self.step, self.model.smma_tunable)
            for made in training_pictures(view):
                show(log.board, made, self.step)

    def validate(self, log: RunLog) -> dict[str, float]:
        return self.validator(self._voice_model(), log.board, self.step)

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "phase": self.phase.state_dict(),
            "symbols": list(self.data.table.symbols),
            "speakers": list(self.data.speakers),
            "languages": None if self.of_one_language else self.data.languages,
            "visible_channels": self.model.config.visible_channels,
            "alignment": self.config.alignment.kind,
            "origins": to_state(self.origins),
            "initial_matrices": self.initial_matrices,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        known = {"symbols": list(self.data.table.symbols), "speakers": list(self.data.speakers)}
        if state.get("languages") is not None:
            known["languages"] = self.data.languages
        for key, ours in known.items():
            if state.get(key) != ours:
                raise UserError(
                    f"resume: the checkpoint's {key} are not those of the corpora now ({state.get(key)} against "
                    f"{ours}); train on the same corpora, or start a new run with init_from=VOICE"
                )
        source = state.get("alignment", "learnt")  # checkpoints from before there was a choice
        if source != self.config.alignment.kind:
            raise UserError(
                f"resume: the checkpoint was trained with alignment={source}, this run has "
                f"alignment={self.config.alignment.kind}; take the former, or start a new run with init_from=VOICE"
            )
        try:
            self.model.load_state_dict(renamed(state["model"], self.model.state_dict()))
            self.average.load_state_dict(renamed(state["average"], self.average.state_dict()))
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise UserError(f"resume: the checkpoint is of another model: {str(error).splitlines()[0]}") from error
        self.phase.load_state_dict(state["phase"])
        self.initial_matrices = state.get("initial_matrices", {}) if self.config.update_rank is not None else {}
        if self.config.update_rank is not None and not self.initial_matrices and self.fabric.is_global_zero:
            print("resume: the run began without update_rank, and goes on so", file=sys.stderr)
        self.origins = after_resuming(
            state, self.config, self.origins, lambda path: load_voice(Path(path).expanduser())[3]
        )

    def export(self) -> None:
        config, data = self.config, self.data
        # Of the corpus, not of the run's own settings: it must speak what it learnt.
        text = dataclasses.replace(config.text, language=data.language)
        settings = VoiceConfig(audio=config.audio, text=text, model=self.model.config)
        info = VoiceInfo(
            speakers=tuple(data.speakers),
            language=data.language,
            languages=tuple(data.languages),
            native=tuple(data.speakers.values()),
            licence=data.recordings.licence(self.origins),
            credits=data.recordings.credits(self.origins),
            training={
                "name": config.name,
                "step": self.step,
                "minutes": round(self.minutes, 2),
                "smma_tunable": self.model.smma_tunable,
                "switched_at": self.phase.switched_at,
                "utterances": len(data.train),
                "corpora": ", ".join(config.corpora),
                "alignment": config.alignment.kind,
            }
            | in_short(self.origins),
        )
        save_voice(self.run_dir / "voice", self._voice_model(), settings, data.table, info)

    def _voice_model(self) -> AcousticModel:
        """The model as the voice has it."""
        model = self.averaged_model.eval()
        if not self.initial_matrices or self.config.update_rank is None:
            return model
        model = deepcopy(model)
        limit_rank(model, self.initial_matrices, self.config.update_rank)
        return model

    def _log_switch(self, log: RunLog) -> None:
        """Mark the switch to the monotonic phase."""
        attentions = self.model.attentions
        heads = "; ".join(str(list(a.monotonic)) for a in attentions)
        focus = "; ".join(", ".join(f"{rate:.2f}" for rate in a.focus.tolist()) for a in attentions)
        line = f"step {self.step}: stepwise monotonic attention from here on, heads {heads}; focus rates {focus}"
        log.line(line)
        log.board.markdown("run/switch", line, self.step)
        log.board.scalars({"train/switch": 1.0}, self.step)

    def _report_left_out(self) -> None:
        path, left_out = self.run_dir / "left_out.tsv", self.data.left_out
        if self.config.alignment.kind == "learnt" and not left_out:
            return
        write_rows(path, [("id", "reason"), *left_out.items()])
        if left_out:
            kept = f"{len(self.data.train)} for training and {len(self.data.valid)} for validation remain"
            are = "is" if len(left_out) == 1 else "are"
            print(f"{counted(len(left_out), 'utterance')} {are} left out ({path}); {kept}")
        for id, reason in list(left_out.items())[:NAMED]:
            print(f"  {id}: {reason}")
