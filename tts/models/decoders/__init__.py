"""Hidden states to mel, a file for each decoder. Importing the package offers them to configs, which take the first
where they name none."""

# isort: off
from tts.models.decoders.decoder import Decoder, DecoderConfig
from tts.models.decoders.parallel import ParallelDecoderConfig
from tts.models.decoders.autoregressive import AutoregressiveDecoderConfig

__all__ = ["AutoregressiveDecoderConfig", "Decoder", "DecoderConfig", "ParallelDecoderConfig"]
