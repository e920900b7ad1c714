"""Which recordings train and which are held out."""

from tts.preparation.splits import assign_splits, split_pieces


def test_splits_are_stable_and_never_empty() -> None:
    ids = [f"r{i}" for i in range(2000)]
    splits = assign_splits(ids, 5, 5)
    assert splits == assign_splits(reversed(ids), 5, 5)
    assert all(assign_splits(ids[:700], 5, 5)[i] == splits[i] for i in ids[:700])
    assert 60 < list(splits.values()).count("valid") < 140
    assert set(assign_splits(["a", "b"], 5, 5).values()) >= {"train", "valid"}
    assert assign_splits(["a"], 99, 0) == {"a": "train"}


def test_of_few_long_recordings_pieces_are_held_out() -> None:
    pieces = {f"{recording}-{i}": recording for recording in ("a", "b") for i in range(50)}
    splits = split_pieces(pieces, 5, 0)
    assert 1 <= list(splits.values()).count("valid") <= 10
    assert set(split_pieces(pieces, 5, 0, other_texts=False).values()) == {"train", "valid"}
    assert list(split_pieces(pieces, 5, 0, other_texts=False).values()).count("valid") == 50


def test_of_many_recordings_each_has_one_split() -> None:
    pieces = {f"{recording}-{i}": f"{recording}" for recording in range(40) for i in range(20)}
    splits = split_pieces(pieces, 5, 0)
    by_recording = assign_splits(pieces.values(), 5, 0)
    assert all(splits[id] == by_recording[recording] for id, recording in pieces.items())


def test_recordings_of_one_utterance_each_are_split_as_ever() -> None:
    ids = {f"r{i}": f"r{i}" for i in range(9)}
    assert split_pieces(ids, 5, 1) == assign_splits(ids, 5, 1)
