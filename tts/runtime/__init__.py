"""Speaking without torch: a voice that `tts-export format=onnx` wrote, by onnxruntime, numpy and the text front end.

```python
from tts.runtime import Voice

speech = Voice.load("exported").synthesize("Anything you like.")
speech.wav, speech.sample_rate, speech.words, speech.phones
```
"""

from tts.runtime.voice import Synthesis, Voice
from tts.text.controls import Controls

__all__ = ["Controls", "Synthesis", "Voice"]
