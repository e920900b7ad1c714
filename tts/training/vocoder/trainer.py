"""Training a vocoder: on random stretches of recordings, first by spectra alone, then also by discriminators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor

from tts.data.dataset import Item, mel_statistics
from tts.data.segments import Numbers, RecordedSegments, SegmentBatch, StoredSegments
from tts.earlier_names import renamed
from tts.errors import UserError
from tts.reporting.progress import counted
from tts.synthesis.voice import Voice
from tts.training.hardware.fabric import first_process_first
from tts.training.hardware.loading import load
from tts.training.hardware.stopping import StopRequest
from tts.training.monitoring.run_log import RunLog
from tts.training.optimizer import averaged, learning_rate, make_optimizer
from tts.training.origin import Origins, after_resuming, in_short, origin_of, to_state
from tts.training.recordings import Recordings, check_same, corpus_weights, first_of_each, load_recordings, open_corpora
from tts.training.trainer import Trainer
from tts.training.vocoder.config import VocoderTrainConfig
from tts.training.vocoder.validation import VocoderValidator
from tts.training.vocoder.voice_mels import with_voice_mels
from tts.vocoder.discriminators import Discriminators
from tts.vocoder.folder import VocoderInfo, load_vocoder, save_vocoder
from tts.vocoder.generator import Generator
from tts.vocoder.losses import (
    VocoderObjective,
    VocoderReport,
    adversarial_loss,
    discriminator_loss,
    feature_loss,
)
from tts.vocoder.thin import TaughtObjective, thinned
from tts.vocoder.widen import keep_filters, widened


class VocoderTrainer(Trainer[VocoderTrainConfig, SegmentBatch, VocoderReport]):
    """Exports `vocoder/`."""

    monitor = "spectral"

    def __init__(self, config: VocoderTrainConfig, fabric: Fabric, stop: StopRequest | None = None) -> None:
        super().__init__(config, fabric, stop)
        self.origins: Origins = {}
        self.data, self.items, self.valid = first_process_first(fabric, self._load)
        torch.manual_seed(config.seed)
        self.model = Generator(config.generator, config.audio)
        self.model.set_mel_statistics(*mel_statistics(self.items))
        if config.init_from:
            self._take_over(config.init_from)
        objective = self._objective()
        # Decay would change filters that are to stay.
        kept = config.learns == "new_filters"
        settings = replace(config.optimizer, weight_decay=0.0) if kept else config.optimizer
        self.objective, self.optimizer = fabric.setup(objective, make_optimizer(self.model, settings))
        self.average = averaged(self.model, config.optimizer.ema_decay)
        self.averaged_model = cast(Generator, self.average.module)
        self.discriminators: Any = None
        if config.loss.uses_discriminators:
            discriminators = Discriminators(config.discriminators)
            optimizer = make_optimizer(discriminators, config.optimizer)
            self.discriminators, self.discriminator_optimizer = fabric.setup(discriminators, optimizer)
        self.start()

    def prepare_first_process(self) -> None:
        limit = self.config.trainer.validation_utterances
        self.validator = VocoderValidator(self.valid, self.config.audio, self.fabric.device, limit)

    def describe(self) -> str:
        parameters = sum(p.numel() for p in self.model.parameters()) / 1e6
        return f"{parameters:.2f} M parameters, {counted(len(self.items), 'recording')}"

    def batches(self) -> Iterator[SegmentBatch]:
        config, world = self.config, self.fabric.world_size
        size = max(1, config.trainer.frames_per_batch // (world * config.segment_frames))
        segments = RecordedSegments if config.mels.voice is None else StoredSegments
        dataset = segments(
            self.items, corpus_weights(config, self.items), config.audio, config.segment_frames, size, config.seed
        )
        sampler = Numbers(self.step * world + self.fabric.global_rank, world)
        return load(dataset, self.config.trainer, self.fabric, batch_size=None, sampler=sampler)

    def train_step(self, batch: SegmentBatch, progress: float) -> tuple[Tensor, VocoderReport, Tensor]:
        self.objective.train()
        self._set_learning_rate(progress)
        loss, report = self.objective(batch, self.step)
        weights = self.config.loss.weights_at(self.step)
        if self.discriminators is not None and (weights["adversarial"] or weights["features"]):
            self._train_discriminators(report)
            loss = loss + self._adversarial_terms(report, weights)
        norm = self.optimizer_step(loss, self.objective, self.optimizer)
        self.average.update_parameters(self.model)
        return loss, report, norm

    def _load(self) -> tuple[Recordings, list[Item], list[Item]]:
        """The corpora, and their recordings for training and for validation."""
        config = self.config
        data = load_recordings(config, open_corpora(config))
        items, valid = first_of_each(data.train, config.trainer.utterances), data.valid
        if config.mels.voice is not None:
            voice = Voice.load(config.mels.voice)
            self.origins["mels.voice"] = origin_of(config.mels.voice, voice.info)
            check_same("mels.voice: the voice's audio", voice.config.audio, config.audio)
            items, valid = with_voice_mels(items, voice), with_voice_mels(valid, voice)
        return data, items, valid

    def _train_discriminators(self, report: VocoderReport) -> None:
        """One step of theirs on the recordings and copies of the generator's step."""
        self.discriminators.requires_grad_(True)
        both = torch.cat([report.recording, report.copy.detach()])  # one pass: parallel training wants one
        scores, _ = self.discriminators(both)
        halves = [score.chunk(2) for score in scores]
        loss = discriminator_loss([real for real, _ in halves], [copy for _, copy in halves])
        report.discriminators_norm = self.optimizer_step(loss, self.discriminators, self.discriminator_optimizer)
        report.terms["discriminators"] = loss.detach()

    def _adversarial_terms(self, report: VocoderReport, weights: dict[str, float]) -> Tensor:
        """What the discriminators add to the generator's loss."""
        self.discriminators.requires_grad_(False)
        with torch.no_grad():
            _, wanted = self.discriminators(report.recording)
        scores, features = self.discriminators(report.copy)
        terms = {"adversarial": adversarial_loss(scores), "features": feature_loss(wanted, features)}
        report.terms |= {name: term.detach() for name, term in terms.items()}
        return torch.stack([weights[name] * term for name, term in terms.items()]).sum()

    def log_step(self, log: RunLog, batch: SegmentBatch, report: VocoderReport, norm: Tensor) -> None:
        log.advance(batch.mel.shape[0] * batch.mel.shape[1])
        if self.step % self.config.trainer.log_every == 0:
            values = {f"loss/{name}": float(term) for name, term in report.terms.items()}
            weights = self.config.loss.weights_at(self.step - 1)
            values |= {f"weight/{name}": weight for name, weight in weights.items()}
            values |= {"train/lr": self.optimizer.param_groups[0]["lr"], "train/gradient_norm": float(norm)}
            if report.discriminators_norm is not None:
                values["train/discriminators_gradient_norm"] = float(report.discriminators_norm)
            words = " ".join(f"{name} {float(term):.3f}" for name, term in report.terms.items())
            log.values(values, words, self.step, self.minutes)

    def validate(self, log: RunLog) -> dict[str, float]:
        return self.validator(self.averaged_model.eval(), log.board, self.step)

    def state(self) -> dict[str, Any]:
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "origins": to_state(self.origins),
        }
        if self.discriminators is not None:
            state["discriminators"] = self.discriminators.state_dict()
            state["discriminating"] = self.discriminator_optimizer.state_dict()
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        if (self.discriminators is not None) != ("discriminators" in state):
            raise UserError(
                "resume: the checkpoint and this run must both have discriminators, or none; keep loss.adversarial and "
                "loss.features as they were, or start a new run with init_from=VOCODER"
            )
        try:
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            if self.discriminators is not None:
                own = self.discriminators.state_dict()
                self.discriminators.load_state_dict(renamed(state["discriminators"], own))
                self.discriminator_optimizer.load_state_dict(state["discriminating"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise UserError(f"resume: the checkpoint is of another model: {str(error).splitlines()[0]}") from error
        self.origins = after_resuming(state, self.config, self.origins, lambda path: load_vocoder(path)[1])

    def export(self) -> None:
        config, data = self.config, self.data
        info = VocoderInfo(
            licence=data.licence(self.origins),
            credits=data.credits(self.origins),
            training={
                "name": config.name,
                "step": self.step,
                "minutes": round(self.minutes, 2),
                "recordings": len(self.items),
                "corpora": ", ".join(corpus.info.name for corpus in data.corpora),
                "mels": config.mels.kind,
            }
            | in_short(self.origins),
            half=config.half,
        )
        save_vocoder(self.run_dir / "vocoder", self.averaged_model, info)

    def _objective(self) -> VocoderObjective | TaughtObjective:
        config = self.config
        if config.teacher is None:
            return VocoderObjective(self.model, config.loss)
        teacher, info = load_vocoder(config.teacher)
        self.origins["teacher"] = origin_of(config.teacher, info)
        check_same("teacher: the vocoder's audio", teacher.audio, config.audio)
        return TaughtObjective(self.model, teacher, config.loss)

    def _set_learning_rate(self, progress: float) -> None:
        rate = learning_rate(self.config.optimizer, self.step, progress)
        optimizers = [self.optimizer] if self.discriminators is None else [self.optimizer, self.discriminator_optimizer]
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate

    def _take_over(self, path: str) -> None:
        """Start from a vocoder of the same sizes and mel definition, or one that it widens or thins."""
        other, info = load_vocoder(path)
        self.origins["init_from"] = origin_of(path, info)
        if self.config.audio.widens(other.audio):
            try:
                self.model.load_state_dict(widened(self.model, other))
            except ValueError as error:
                raise UserError(f"init_from: {path} cannot be widened: {error}") from error
            if self.config.learns == "new_filters":
                keep_filters(self.model, len(other.window) // 2 + 1)
            return
        if self.config.learns == "new_filters":
            raise UserError(f"learns=new_filters: {path} knows no narrower mels than those of this run; leave it out")
        check_same("init_from: the vocoder's audio", other.audio, self.config.audio)
        if other.config.steps != self.config.generator.steps:
            try:
                self.model.load_state_dict(thinned(self.model, other))
            except ValueError as error:
                raise UserError(f"init_from: {path} cannot be thinned: {error}") from error
            return
        check_same("init_from: the vocoder's generator", other.config, self.config.generator)
        self.model.load_state_dict(other.state_dict())
