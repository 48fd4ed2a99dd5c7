"""The files from which the report is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.report.models import Model
from pipeline.report.words import CONTROL, encoder_order


@dataclass(frozen=True)
class Sources:
    """Paths of all inputs.

    `models` names the model of each of `predictions`, in their order; those with a training curve
    come first, in the order of `finetune_curves`.
    """

    models: tuple[Model, ...]
    metrics: Path
    transfer: Path
    claims: Path
    summary: Path
    pretrain_curves: tuple[Path, ...]
    finetune_curves: tuple[Path, ...]
    predictions: tuple[Path, ...]
    labels: tuple[Path, ...]
    images: tuple[Path, ...]
    ingest_counts: Path
    quarantine: Path
    audit: Path
    flow: Path
    leakage: Path
    task_counts: Path
    catalogue: Path

    def curves(self) -> Mapping[Model, Path]:
        """Return the finetuning curves by model."""
        return dict(zip(self.models, self.finetune_curves, strict=False))

    def shown_models(self, strategy: str) -> dict[Model, Path]:
        """Return the predictions drawn on sample images.

        They are those of one encoder, pretrained if there is one, under `strategy`, with all
        training data and the first seed; empty when the strategy was not run.
        """
        candidates = {
            model: path
            for model, path in zip(self.models, self.predictions, strict=True)
            if model.strategy == strategy and not model.encoder.startswith(CONTROL)
        }
        if not candidates:
            return {}
        first = min(candidates, key=lambda m: (encoder_order(m.encoder), -m.fraction, m.seed))
        wanted = first.encoder, first.fraction, first.seed
        return {
            model: path
            for model, path in candidates.items()
            if (model.encoder, model.fraction, model.seed) == wanted
        }
