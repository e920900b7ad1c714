import threading
import time
from collections.abc import Iterator

import pytest
import torch

from tts.alignment.hmm.threads import in_threads


def test_results_come_in_order_and_little_is_computed_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    asked: list[int] = []

    def items() -> Iterator[int]:
        for i in range(20):
            asked.append(i)
            yield i

    def work(i: int) -> tuple[int, int]:
        time.sleep(0.01 if i % 2 else 0.0)
        return i, threading.get_ident()

    results = in_threads(work, items())
    first = next(results)
    assert first[0] == 0 and len(asked) < 10
    rest = list(results)
    assert [i for i, _ in rest] == list(range(1, 20))
    assert threading.get_ident() not in {thread for _, thread in [first, *rest]}


def test_what_fails_is_raised_and_torch_has_its_threads_back() -> None:
    before = torch.get_num_threads()

    def work(i: int) -> float:
        return 1 / i

    with pytest.raises(ZeroDivisionError):
        list(in_threads(work, [2, 1, 0]))
    assert torch.get_num_threads() == before
