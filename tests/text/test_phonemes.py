import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tts.errors import UserError
from tts.text.phonemes import Phonemiser
from tts.text.phones import is_vowel, place_stress


def spelled(words: str, language: str = "en-us") -> list[str]:
    return [" ".join(p.symbol for p in phones) for phones in Phonemiser(language)(words.split())]


def test_merged_and_split_groups_map_to_written_words() -> None:
    assert spelled("of the world") == ["ʌ v", "ð ə", "w ɜː l d"]
    assert spelled("iPhone was a lot") == ["aɪ f oʊ n", "w ʌ z", "ɐ", "l ɑː t"]
    assert spelled("w czasie z nim", "pl") == ["f", "tʃ a ɕ ɛ", "z", "ɲ i m"]


def test_phones_keep_length_diphthongs_and_affricates() -> None:
    assert spelled("church judge they see") == ["tʃ ɜː tʃ", "dʒ ʌ dʒ", "ð eɪ", "s iː"]


def test_stress_is_a_feature_of_vowels() -> None:
    [phones] = Phonemiser("en-us")(["photography"])
    assert [p.stress for p in phones if p.stress] and all(is_vowel(p.symbol) for p in phones if p.stress)
    assert [tuple(p) for p in place_stress(["ˈh", "ɛ", "ˌl", "oʊ"])] == [
        ("h", 0),
        ("ɛ", 1),
        ("l", 0),
        ("oʊ", 2),
    ]


def test_language_switch_marks_and_separators_are_dropped() -> None:
    symbols = " ".join(spelled("der Computer software", "de"))
    assert not set("()_") & set(symbols)


def test_spelled_acronyms_keep_their_s() -> None:
    assert spelled("FBI's DVDs")[0].endswith("aɪ z")


def test_acronyms_that_look_like_words_are_spelled() -> None:
    assert spelled("VIPs lit an LED") == ["v iː aɪ p iː z", "l ɪ t", "ɐ n", "ɛ l iː d iː"]
    assert spelled("he led") == ["h iː", "l ɛ d"]


@pytest.mark.parametrize(
    ("words", "spoken"),
    [
        ("SEC", "ɛ s iː s iː"),
        ("UPS", "j uː p iː ɛ s"),
        ("USPS", "j uː ɛ s p iː ɛ s"),
        ("IoT", "aɪ oʊ t iː"),
        ("NASA", "n æ s ɐ"),
        ("COVID", "k ɑː v ɪ d"),
        ("RAM", "ɹ æ m"),
        ("YES", "j ɛ s"),
        ("BOB", "b ɑː b"),
    ],
)
def test_an_acronym_alone_is_read_as_in_a_sentence(words: str, spoken: str) -> None:
    assert spelled(words) == [spoken]
    assert spelled(f"they saw {words} before")[2] == spoken


def test_headlines_in_capitals_are_words_but_for_known_acronyms() -> None:
    epa, _, _, back, icu, rules = spelled("EPA AND FDA BACK ICU RULES")
    assert (epa, back, icu, rules) == ("iː p iː eɪ", "b æ k", "aɪ s iː j uː", "ɹ uː l z")
    assert spelled("THE SUN SAT LOW")[1:] == ["s ʌ n", "s æ t", "l oʊ"]


def test_phones_of_an_acronym_stay_with_its_word() -> None:
    aws = "eɪ d ʌ b əl j uː ɛ s"
    assert spelled("We use AWS and") == ["w iː", "j uː z", aws, "æ n d"]
    assert spelled("EOD of AWS") == ["iː oʊ d iː", "ʌ v", aws]
    assert spelled("AWS before") == [aws, "b ᵻ f ɔːɹ"]
    assert spelled("AWS-based") == [f"{aws} b eɪ s t"]
    assert spelled("all of A.I is") == ["ɔː l", "ʌ v", "eɪ aɪ", "ɪ z"]


def test_words_of_one_letter_are_no_letters() -> None:
    assert spelled("Ela é minha", "pt-br")[1] == "ɛ"
    assert spelled("Vou à praia", "pt-br")[1] == "aː"
    assert spelled("είναι ο φίλος", "el")[1] == "o"
    assert spelled("jdu k domu", "cs")[1] == "k"


def test_numbers_written_together_sound_like_their_parts() -> None:
    [german], [nineteen] = spelled("vierundvierzig", "de"), spelled("neunzehnhundertvierundvierzig", "de")
    assert "v" not in german.split() and nineteen.endswith(german)
    assert spelled("quarantasette", "it")[0].split()[-4:] == ["s", "ɛ", "tː", "e"]
    assert spelled("quatre-vingt-deux", "fr-fr")[0].endswith("v ɛ̃ d ø")
    assert spelled("zesenveertig", "nl")[0].startswith("z ɛ s")
    assert spelled("Tausendfüßler hundert", "de")[0].startswith("t aʊ z ə n t")


def test_a_capital_a_within_a_clause_is_the_letter() -> None:
    assert spelled("A man got an A in") == ["ɐ", "m æ n", "ɡ ɑː t", "ɐ n", "eɪ", "ɪ n"]
    assert spelled("This Is A Test")[2] == "ɐ"


@pytest.mark.parametrize(
    "words",
    ["كان الكلمة عند الله " * 15, "the كان old house " * 15, "iPhoneXSMaxGitHubJavaScript" * 11, "q7Zx9Kp2" * 30],
)
def test_words_of_another_script_take_no_more_time(words: str) -> None:
    started = time.process_time()
    assert all(Phonemiser("en-us")(words.split()))
    assert time.process_time() - started < 10


def test_unknown_language_names_near_ones() -> None:
    with pytest.raises(UserError, match="fr-fr"):
        Phonemiser("fr")


def test_threads_and_pickle_agree() -> None:
    phonemiser = pickle.loads(pickle.dumps(Phonemiser("en-us")))
    sentences = [["the", "end", "of", "the", "road"], ["it", "was", "a", "dog"]] * 100
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(phonemiser, sentences)) == [phonemiser(s) for s in sentences]
