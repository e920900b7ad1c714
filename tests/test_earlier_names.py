"""Names of tensors that earlier commits gave."""

from tts.earlier_names import renamed

EARLIER = {
    "decoder.upsampler.place.weight": "decoder.length_regulator.place.weight",
    "module.decoder.sketch.upsampler.place.bias": "module.decoder.auxiliary_mel.length_regulator.place.bias",
    "decoder.layers.11.heard.project_in.weight": "decoder.layers.11.self_attention.project_in.weight",
    "decoder.layers.0.crossing.gate_bias": "decoder.layers.0.cross_attention.gate.bias",
    "decoder.layers.0.forwards.0.bias": "decoder.layers.0.feedforward.0.bias",
    "decoder.over.bias": "decoder.stop.bias",
    "attention.gate_bias": "attention.gate.bias",
    "members.3.verdict.bias": "members.3.score.bias",
}


def test_earlier_names_become_those_of_now() -> None:
    assert renamed({name: name for name in EARLIER}, wanted=()) == {now: name for name, now in EARLIER.items()}


def test_a_name_that_the_model_has_stays() -> None:
    """A decoder from elsewhere may have a part called as one was here."""
    assert renamed({"decoder.over.bias": 1, "decoder.upsampler.x": 2}, wanted={"decoder.over.bias"}) == {
        "decoder.over.bias": 1,
        "decoder.length_regulator.x": 2,
    }
