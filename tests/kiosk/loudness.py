"""What a sound holds: how long something is heard in it, and how loud."""

import wave
from pathlib import Path

import numpy as np

WINDOW_S = 0.02
AUDIBLE = 200  # RMS of 16-bit samples; espeak-ng's speech has about 3,000


def spoken(path: Path) -> tuple[float, float]:
    """A WAV's length in seconds, and the seconds in which something is heard."""
    with wave.open(str(path)) as sound:
        assert (sound.getsampwidth(), sound.getnchannels()) == (2, 1)
        rate, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    return len(samples) / rate, heard_s(samples, rate)


def played(raw: bytes) -> np.ndarray:
    """The left channel of what SDL's mixer gave the sound card."""
    whole = len(raw) // 4 * 4
    return np.frombuffer(raw[:whole], np.int16)[::2]


def heard_s(samples: np.ndarray, rate: int = 44100) -> float:
    step = int(rate * WINDOW_S)
    windows = samples[: len(samples) // step * step].reshape(-1, step).astype(float)
    return float((np.sqrt((windows**2).mean(axis=1)) > AUDIBLE).sum() * WINDOW_S)


def energy(samples: np.ndarray) -> float:
    """Grows with the square of the volume, and not with silence around it."""
    return float((samples.astype(float) ** 2).sum())
