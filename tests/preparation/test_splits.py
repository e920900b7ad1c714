"""Which recordings train and which are held out."""

from tts.preparation.splits import assign_splits


def test_splits_are_stable_and_never_empty() -> None:
    ids = [f"r{i}" for i in range(2000)]
    splits = assign_splits(ids, 5, 5)
    assert splits == assign_splits(reversed(ids), 5, 5)
    assert all(assign_splits(ids[:700], 5, 5)[i] == splits[i] for i in ids[:700])
    assert 60 < list(splits.values()).count("valid") < 140
    assert set(assign_splits(["a", "b"], 5, 5).values()) >= {"train", "valid"}
    assert assign_splits(["a"], 99, 0) == {"a": "train"}
