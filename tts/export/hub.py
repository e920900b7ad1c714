"""`format=hub`: a voice's folder with a card and a sample, as huggingface.co shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tts.audio import waveform
from tts.evaluation.judges import Recogniser, word_error_rate
from tts.storage.files import write_text
from tts.storage.resources import folder
from tts.synthesis.voice import Synthesis, Voice, VoiceInfo, save_voice

SAMPLE, COUNTING = "The lighthouse keeper painted his front door yellow.", "1, 2, 3, 4, 5."
"""What English voices say for the card, and all others."""
KNOWN_LICENCES = {
    "apache-2.0", "mit", "cc0-1.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-4.0",
    "gpl-3.0", "bsd-3-clause",
}  # fmt: skip
"""Those that huggingface.co has a name for."""


def export_hub(voice: Voice, sentences: int, out: Path) -> list[Path]:
    """Write the voice, `sample.wav` and `README.md` into `out`, the last unless there is one; the files.

    Parameters
    ----------
    sentences: of English ones, on how many word errors are measured for the card; 0 for no measuring.

    Raises
    ------
    UserError: measuring needs the extra `judges`, which is not installed.
    """
    measured = measure(voice, sentences) if sentences and english(voice) else None
    speech = voice.synthesize(SAMPLE if english(voice) else COUNTING)
    save_voice(out, voice.model, voice.config, voice.table, voice.info)
    waveform.write(out / "sample.wav", speech.wav, speech.sample_rate)
    if not (out / "README.md").exists():  # which its user may have edited
        write_text(out / "README.md", card(voice.info, speech, measured))
    return sorted(path for path in out.iterdir() if path.is_file() and path.name[0] != ".")


def english(voice: Voice) -> bool:
    return voice.info.native[0].startswith("en")


def measure(voice: Voice, sentences: int) -> str:
    """Word errors of the first speaker on sentences by which nothing was chosen."""
    lines = (folder("sentences") / "fresh.txt").read_text("utf-8").splitlines()
    texts = [line.strip() for line in lines if line.strip() and line[0] != "#"][:sentences]
    recogniser = Recogniser()
    speeches = [voice.synthesize(text) for text in texts]
    errors = word_error_rate(texts, [recogniser.transcribe(s.wav, s.sample_rate) for s in speeches])
    return (
        f"A small recogniser (Whisper tiny.en) mistakes {errors.errors} of {errors.words} words, {errors.rate:.1%} "
        f"(95 % interval {errors.low:.1%} to {errors.high:.1%}), in {len(texts)} everyday sentences spoken as "
        f"{voice.info.speakers[0]}."
    )


def trained(info: VoiceInfo) -> str:
    """How long, from what; what the recordings were stands in the credits."""
    steps, origin = info.training.get("step"), info.training.get("init_from")
    said = f"{steps} steps" if steps else "Not said"
    name = origin.get("name") if isinstance(origin, dict) else None
    return f"{said}, from the voice {name}." if name else f"{said}."


def card(info: VoiceInfo, speech: Synthesis, measured: str | None) -> str:
    """`README.md`, with the header that huggingface.co reads."""
    header: dict[str, Any] = {
        "library_name": "smma-tts",
        "pipeline_tag": "text-to-speech",
        "language": sorted({language.partition("-")[0] for language in info.languages}),
        "tags": ["text-to-speech", "smma-tts"],
    }
    licence = info.licence.strip().lower().replace(" ", "-")
    header |= {"license": licence} if licence in KNOWN_LICENCES else {"license": "other", "license_name": info.licence}
    name = info.training.get("name") or "voice"
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        f"# {name}",
        f"A voice of SMMA-TTS: {len(info.speakers)} "
        f"speaker{'s' if len(info.speakers) > 1 else ''}, {', '.join(info.languages)}, {speech.sample_rate} Hz. "
        f"[A sample](sample.wav) of {len(speech.wav) / speech.sample_rate:.1f} seconds.",
        '```python\nfrom tts import Voice\n\nvoice = Voice.load("hf:USER/NAME")\n'
        'speech = voice.synthesize("Anything you like.")\n```',
        f"Speakers: {', '.join(info.speakers)}.",
        f"## Quality\n\n{measured or 'Not measured.'}",
        f"## Training\n\n{trained(info)}",
        f"## Licence and credits\n\n{info.licence or 'Licence not said'}. {info.credits}".rstrip(),
    ]
    return "\n\n".join(lines).replace("---\n\n", "---\n", 1).replace("\n\n---\n", "\n---\n", 1) + "\n"
