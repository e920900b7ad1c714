"""Smaller graphs: weights in half precision, or as 8-bit integers."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tts.storage.files import atomic_write

Precision = Literal["float32", "float16", "int8"]
LEAST = 1024
"""Numbers in a tensor from which on its precision matters to the size of the file."""
LEAST_MATRIX = 100_000
"""The same of a matrix that is multiplied as integers. What reads the pitch off the mel is below: rounded, it would
detune the pulses."""


def shrink(path: Path, precision: Precision) -> None:
    """Rewrite a graph in `precision`.

    float16: weights are stored in half precision, and computed with in single once they are loaded.
    int8: large matrices and kernels of convolutions are multiplied as 8-bit integers, each column with a scale of its
    own; smaller kernels are stored as such and computed with in single precision. The rest is as with float16.
    """
    if precision == "float32":
        return
    import onnx

    if precision == "int8":
        _multiply_integers(path)
    model = onnx.load(path)
    if precision == "int8":
        kernels = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
        _store(model, lambda name, values: _as_integers(values) if name in kernels and values.shape[1] > 1 else None)
    _store(model, lambda _, values: _as_half(values))
    with atomic_write(path) as draft:
        onnx.save(model, draft)


def _multiply_integers(path: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(path)
    convolutions_as_matrices(model.graph)
    with atomic_write(path) as draft:
        onnx.save(model, draft)
    graph = model.graph
    large = {tensor.name for tensor in graph.initializer if math.prod(tensor.dims) >= LEAST_MATRIX}
    nodes = [node.name for node in graph.node if node.op_type == "MatMul" and large & set(node.input)]
    if not nodes:  # or it would take all of them
        return
    options = {"nodes_to_quantize": nodes, "per_channel": True, "weight_type": QuantType.QInt8}
    logging.disable(logging.WARNING)  # it advises through the root logger
    try:
        with atomic_write(path) as draft:
            quantize_dynamic(path, draft, ["MatMul"], **options)
    finally:
        logging.disable(logging.NOTSET)


def convolutions_as_matrices(graph: Any) -> None:
    """Put products of matrices, which are fast with integers, in place of large convolutions `[1, C, L]` → `[1, D, L]`:
    each position's C·K inputs side by side, times the kernel."""
    from onnx import helper, numpy_helper

    kernels = {tensor.name: tensor for tensor in graph.initializer if math.prod(tensor.dims) >= LEAST_MATRIX}
    nodes = []
    for node in graph.node:
        kernel = kernels.get(node.input[1]) if node.op_type == "Conv" else None
        pads = _same_length(node) if kernel is not None and len(kernel.dims) == 3 and kernel.dims[2] > 1 else None
        if kernel is None or pads is None:
            nodes.append(node)
            continue
        name, output = node.output[0], node.output[0]
        values, size = numpy_helper.to_array(kernel), kernel.dims[2]
        constants = {
            "matrix": values.transpose(2, 1, 0).reshape(-1, len(values)),
            "pads": np.array([0, pads[0], 0, 0, pads[1], 0]),
            "axis": np.array([1]),
        }
        made = [
            helper.make_node("Transpose", [node.input[0]], [f"{name}_in"], perm=[0, 2, 1]),
            helper.make_node("Pad", [f"{name}_in", f"{name}_pads"], [f"{name}_padded"]),
        ]
        for k in range(size):
            constants |= {f"from_{k}": np.array([k]), f"to_{k}": np.array([k + 1 - size or np.iinfo(np.int64).max])}
            span = [f"{name}_{part}" for part in ("padded", f"from_{k}", f"to_{k}", "axis")]
            made.append(helper.make_node("Slice", span, [f"{name}_part_{k}"]))
        made += [
            helper.make_node("Concat", [f"{name}_part_{k}" for k in range(size)], [f"{name}_beside"], axis=2),
            helper.make_node("MatMul", [f"{name}_beside", f"{name}_matrix"], [f"{name}_product"], f"{name}_product"),
            helper.make_node("Add", [f"{name}_product", node.input[2]], [f"{name}_sum"]),
            helper.make_node("Transpose", [f"{name}_sum"], [output], perm=[0, 2, 1]),
        ]
        nodes += made
        graph.initializer.extend(numpy_helper.from_array(v, f"{name}_{part}") for part, v in constants.items())
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)


def _same_length(node: Any) -> list[int] | None:
    """Zeroes before and after, of a convolution that takes every position once; None of any other."""
    found = {attribute.name: attribute for attribute in node.attribute}
    if any(list(found[name].ints) != [1] for name in ("strides", "dilations") if name in found):
        return None
    if len(node.input) < 3 or ("group" in found and found["group"].i != 1):
        return None
    return list(found["pads"].ints) if "pads" in found else None


def _store(model: Any, form: Callable[[str, np.ndarray], tuple[np.ndarray, np.ndarray | None] | None]) -> None:
    """Store float weights as `form(name, values)` gives them: smaller numbers, and what they are multiplied by in
    single precision, if at all; None for those that stay. Whoever loads the graph does that once; `DequantizeLinear`
    would be done again for every sentence."""
    from onnx import TensorProto, helper, numpy_helper

    made, kept = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor) if tensor.data_type == TensorProto.FLOAT else None
        stored = form(tensor.name, values) if values is not None and values.size >= LEAST else None
        if stored is None:
            kept.append(tensor)
            continue
        small, scale = stored
        whole = f"{tensor.name}_whole" if scale is not None else tensor.name
        kept.append(numpy_helper.from_array(small, f"{tensor.name}_stored"))
        made.append(helper.make_node("Cast", [f"{tensor.name}_stored"], [whole], to=TensorProto.FLOAT))
        if scale is not None:
            kept.append(numpy_helper.from_array(scale, f"{tensor.name}_scale"))
            made.append(helper.make_node("Mul", [whole, f"{tensor.name}_scale"], [tensor.name]))
    nodes = [*made, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


def _as_half(values: np.ndarray) -> tuple[np.ndarray, None] | None:
    half = values.astype(np.float16)
    return (half, None) if np.isfinite(half).all() else None


def _as_integers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """With a scale for each output channel, the first axis."""
    largest = np.abs(values).max(tuple(range(1, values.ndim)), keepdims=True)
    scale = np.maximum(largest, 1e-8).astype(np.float32) / 127
    return np.rint(values / scale).astype(np.int8), scale
