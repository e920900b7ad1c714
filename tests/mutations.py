"""Model folders changed at random, as a stranger or a bad disk would, with hashes that go with the changes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, save_file

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 64, 1e-30, 0.5, -0.5, 1e30, 1e308, 2**31, 2**63, 10**17, 10**400,
    "", "x", "a" * 999, "é", "\ud800", "\0", "../../etc/passwd", "${oc.env:HOME}",
    [], [1], [[]], ["x"] * 9, {}, {"kind": ["x"]}, {"x": {}},
    float("nan"), float("inf"), "2001-01-01", "1:30:30", "0x10", "en", "parallel", "autoregressive", "graphemes",
)  # fmt: skip
NUMBERS = (0.0, 1.0, -1.0, 1e-30, 1e3, 1e6, 1e30, -1e30, 3e38, float("nan"), float("inf"), -5.0)
DTYPES = (
    torch.float16, torch.bfloat16, torch.float64, torch.float8_e4m3fn, torch.int8, torch.int64, torch.bool,
    torch.complex64,
)  # fmt: skip


def mutate(folder: Path, draw: random.Random, card: str) -> str:
    """Change something in a model folder, and say what. `card` is the JSON file with the SHA-256 of the others."""
    files = sorted(path.name for path in folder.iterdir())
    name = draw.choice(files)
    path = folder / name
    changes = {".safetensors": change_tensors, ".yaml": change_data, ".json": change_data}
    change = change_bytes if draw.random() < 0.3 else changes[path.suffix]
    what = f"{name}: {change(path, draw)}"
    if name != card:
        seal(folder, card)
    return what


def seal(folder: Path, card: str) -> None:
    """Give changed files the hashes that go with them, as someone who means harm would."""
    content = json.loads((folder / card).read_text("utf-8"))
    hashes = content["sha256"]
    if isinstance(hashes, dict):
        content["sha256"] = {name: sha256(folder / name) for name in hashes}
    else:
        [weights] = folder.glob("*.safetensors")
        content["sha256"] = sha256(weights)
    (folder / card).write_text(json.dumps(content), "utf-8")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def change_bytes(path: Path, draw: random.Random) -> str:
    content = bytearray(path.read_bytes())
    for _ in range(draw.choice((1, 1, 2, 8))):
        at = draw.randrange(min(len(content), draw.choice((200, 1 << 30))))
        stop = at + draw.choice((0, 1, 1, 4, 200))
        content[at:stop] = bytes(draw.randrange(256) for _ in range(draw.choice((0, 1, 1, 4))))
    path.write_bytes(content)
    return "bytes"


def change_data(path: Path, draw: random.Random) -> str:
    yaml_file = path.suffix == ".yaml"
    data = yaml.safe_load(path.read_text("utf-8")) if yaml_file else json.loads(path.read_text("utf-8"))
    places: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            places.append((node, key))
            collect(node[key])

    collect(data)
    node, key = draw.choice(places)
    what = draw.choice(("replace", "replace", "replace", "scale", "drop", "double"))
    if what == "drop":
        del node[key]
    elif what == "double" and isinstance(node, list):
        node.append(node[key])
    elif what == "scale" and isinstance(node[key], (int, float)) and not isinstance(node[key], bool):
        scaled = node[key] * draw.choice((0, -1, 0.5, 2, 3, 100))
        node[key] = type(node[key])(scaled)
        what = f"scale {key} to {node[key]}"
    else:
        node[key] = draw.choice(VALUES)
        what = f"{key} = {str(node[key])[:20]!a}"
    if yaml_file:
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    else:
        path.write_text(json.dumps(data), "utf-8")
    return what


def change_tensors(path: Path, draw: random.Random) -> str:
    tensors = load_file(path)
    name = draw.choice(sorted(tensors))
    value = tensors[name]
    floats = value.is_floating_point()
    what = draw.choice(("fill", "fill", "one", "scale", "dtype", "shape", "name", "drop", "all"))
    if what == "fill" and floats:
        number = draw.choice(NUMBERS)
        tensors[name] = torch.full_like(value, number)
        what = f"fill {name} with {number:g}"
    elif what == "one" and value.numel():
        flat = value.flatten().clone()
        flat[draw.randrange(len(flat))] = draw.choice(NUMBERS) if floats else draw.randrange(2)
        tensors[name] = flat.view(value.shape)
    elif what in ("scale", "all") and floats:
        factor = draw.choice((0.0, -1.0, 10.0, 1e4, 1e10, 1e30))
        chosen = [name] if what == "scale" else [n for n, v in tensors.items() if v.is_floating_point()]
        tensors |= {n: tensors[n] * factor for n in chosen}
        what = f"{what} {name} by {factor:g}"
    elif what == "dtype":
        dtype = draw.choice(DTYPES)
        tensors[name] = value.to(dtype)
        what = f"{name} as {dtype}"
    elif what == "shape":
        shapes: tuple[Callable[[torch.Tensor], torch.Tensor], ...] = (
            lambda t: t[None], lambda t: t.flatten(), lambda t: t.flatten()[:-1], lambda t: t.mT if t.dim() > 1 else t
        )  # fmt: skip
        tensors[name] = draw.choice(shapes)(value).contiguous()
    elif what == "name":
        other = draw.choice(sorted(tensors))
        tensors[name], tensors[other] = tensors[other], tensors[name]
        what = f"swap {name} and {other}"
    else:
        del tensors[name]
    save_file(tensors, path)
    return f"{what} ({name})"
