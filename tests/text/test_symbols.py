import json

import pytest

from tts.errors import UserError
from tts.text.symbols import SymbolTable, UnknownSymbol
from tts.text.tokens import END, START, Tokens


def utterance(*symbols: str) -> Tokens:
    word = tuple(-1 if s in ",.;" else 0 for s in symbols)
    return Tokens((START, *symbols, END), (0,) * (len(symbols) + 2), (-1, *word, -1), ("word",))


def test_order_is_special_punctuation_phones() -> None:
    table = SymbolTable.from_tokens([utterance("b", "a", "."), utterance("ɑː", ",")])
    assert table.symbols == ("<pad>", START, END, ",", ".", "a", "b", "ɑː")
    tokens = utterance("a", ".")
    assert table.decode(table.encode(tokens, "u1")) == list(tokens.symbols)
    assert SymbolTable.from_json(table.to_json()) == table


def test_unknown_symbol_is_named_with_utterance_and_neighbours() -> None:
    table = SymbolTable.from_tokens([utterance("ɑː", "b")])
    with pytest.raises(UnknownSymbol, match=r"utterance u7.*'ɑ'.*'word'.*ɑː"):
        table.encode(utterance("b", "ɑ"), "u7")


def test_adapt_replaces_or_drops_unseen_marks_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    table = SymbolTable.from_tokens([utterance("a", ",")])
    assert table.adapt(utterance("a", ";", "a")).symbols == (START, "a", ",", "a", END)
    assert SymbolTable.from_tokens([utterance("a")]).adapt(utterance("a", ".")).symbols == (START, "a", END)
    assert not caplog.records


def test_adapt_says_the_nearest_phone_and_tells_so_once(caplog: pytest.LogCaptureFixture) -> None:
    table = SymbolTable.from_tokens([utterance("h", "ɑː", "ʃ", "t", "iː", "ɹ", "aɪ", "z", "v", ",")])
    foreign = utterance("x", "ɑ̃", "ç", "tʰ", "y", "ʁ", "a", "β", ";", "x")
    assert table.adapt(foreign).symbols == (START, "h", "ɑː", "ʃ", "t", "iː", "ɹ", "ɑː", "v", ",", "h", END)
    table.adapt(foreign)
    assert len(caplog.records) == 8
    assert "does not know 'x', as in 'word': it says 'h' instead" in caplog.messages[0]


def test_a_symbol_like_no_other_is_left_out_of_its_word_but_no_word_of_the_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = SymbolTable.from_tokens([utterance("b", "e")])
    assert table.adapt(utterance("b", "字", "é")).symbols == (START, "b", "e", END)
    assert "does not know '字', as in 'word': it leaves it out" in caplog.messages[0]
    with pytest.raises(UnknownSymbol, match="'字'"):
        table.encode(table.adapt(utterance("字")), "u7")


def test_adapt_keeps_the_language_of_each_token() -> None:
    table = SymbolTable(("<pad>", START, END, ".", "a"))
    tokens = Tokens((START, "a", ":", "a", END), (0,) * 5, (-1, 0, -1, 1, -1), ("a", "a"), ("x", "x", "x", "y", "x"))
    assert table.adapt(tokens).language == ("x", "x", "x", "y", "x")
    assert SymbolTable(("<pad>", START, END, "a")).adapt(tokens).language == ("x", "x", "y", "x")


def test_extend_keeps_ids_and_mapping_finds_them() -> None:
    old = SymbolTable.from_tokens([utterance("b")])
    new = old.extend([utterance("a", "b")])
    assert new.symbols[: len(old)] == old.symbols
    assert new.mapping_from(old) == [0, 1, 2, 3, None]


@pytest.mark.parametrize(
    "bad", ["{}", "[", '["a"]', json.dumps(["<pad>", START, END, "a", "a"]), '["<pad>","<s>","</s>",3]']
)
def test_broken_tables_are_refused(bad: str) -> None:
    with pytest.raises(UserError, match=r"voice/symbols\.json"):
        SymbolTable.from_json(bad, "voice/symbols.json")
