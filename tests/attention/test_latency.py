"""Latency losses against their formulas, frame by frame."""

from __future__ import annotations

import torch

from tts.attention.latency import average_lagging, spread


def test_lagging_is_counted_frame_by_frame() -> None:
    torch.manual_seed(0)
    pointer = torch.rand(1, 2, 5, 3, dtype=torch.float64)
    pointer = (pointer / pointer.sum(-1, keepdim=True)).requires_grad_()
    each = pointer[0] @ torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    total, before = 0.0, None
    for t in range(4):  # the fifth frame is padding
        weight = each[:, t].softmax(0)
        delay = (weight * each[:, t]).sum()
        before = delay if before is None else torch.maximum(delay, before + 3 / 4)
        total = total + (before - t * 3 / 4) / 4
    lengths = torch.tensor([3]), torch.tensor([4])
    got = average_lagging(pointer, *lengths)
    torch.testing.assert_close(got, total)
    torch.testing.assert_close(*(torch.autograd.grad(x, pointer, retain_graph=True)[0] for x in (got, total)))


def test_heads_that_agree_have_no_spread() -> None:
    pointer = torch.rand(2, 1, 5, 3).expand(-1, 4, -1, -1)
    assert spread(pointer, torch.tensor([5, 3])).item() == 0
    apart = torch.eye(3)[[0, 2]][None, :, None]  # one head on the first token, the other on the third
    assert spread(apart, torch.tensor([1])).item() == 1
