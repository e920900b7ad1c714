"""Torch modules as ONNX files."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tts.errors import UserError
from tts.export.shrinking import Precision, shrink
from tts.storage.files import atomic_write

OPSET = 20
"""Of the operators, which onnxruntime reads since 1.17 (2024)."""
LONGEST = 1 << 14
"""Bound of tokens, ids and frames that torch assumes; a graph takes more."""


def save_graph(
    path: Path,
    module: nn.Module,
    example: Sequence[Tensor],
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Sequence[str],
    metadata: Mapping[str, str | int] | None = None,
    precision: Precision = "float32",
) -> None:
    """Write `module` as ONNX, with its weights inside.

    Parameters
    ----------
    example: a value for each of the `inputs`.
    dynamic: names of inputs `[1, n, ...]` whose n is free and the same.
    metadata: written into the model, for programs that look there.
    precision: of the weights.

    Raises
    ------
    UserError: the extra `export` is not installed.
    OSError: it cannot be written.
    """
    if find_spec("onnxscript") is None:  # which torch.onnx would say in several lines
        raise UserError("exporting needs onnx and onnxscript: pip install 'smma-tts[export]'")
    free = torch.export.Dim("n", min=3, max=LONGEST)  # of 2 torch would make a special case
    shapes = tuple({1: free} if name in dynamic else None for name in inputs)
    module = _OneByOne(module)
    for noisy in ("torch.onnx", "onnx_ir", "onnxscript"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            tuple(example),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=(shapes,),
            custom_translation_table={torch.ops.aten.lerp.Tensor: _lerp},
            verbose=False,
        )
    assert program is not None
    _strip_metadata(program.model)
    for name, value in (metadata or {}).items():
        program.model.metadata_props[name] = str(value)
    with atomic_write(path) as draft:
        program.save(draft, external_data=False)
        shrink(draft, precision)


def _lerp(start: Any, end: Any, weight: Any) -> Any:
    """Three operators in place of the seven with which torch is exact at both ends."""
    from onnxscript import opset20 as op

    return op.Add(start, op.Mul(weight, op.Sub(end, start)))


class _OneByOne(nn.Module):
    """A module whose inputs are one list to torch, however its own `forward` names or gathers them."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Tensor) -> Any:
        return self.module(*inputs)


def _strip_metadata(model: Any) -> None:
    """Leave out what torch notes of the machine that exports, such as the files and lines that each operator came from:
    a megabyte, and nobody's business."""
    for graph in model.graphs():
        graph.metadata_props.clear()
        for node in graph:
            node.metadata_props.clear()
            node.doc_string = None
