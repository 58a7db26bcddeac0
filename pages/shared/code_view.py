"""A picture and what an autoencoder made of it, in words and as what the browser is sent."""
from dataclasses import dataclass

import numpy as np

from core import images
from core.bottleneck import Passage
from core.drawing import Stroke
from core.whole_photo import Squeezed
from pages.shared import code_choices, words
from pages.shared.code_choices import Chosen


@dataclass(frozen=True)
class Shown:
    """A picture and what the autoencoder made of it."""

    chosen: Chosen
    passage: Passage  # of the picture, or of the chosen tile of a photo
    strokes: tuple[Stroke, ...] = ()
    whole: Squeezed | None = None  # of a photo
    tile: int = 0
    scores: tuple[float, float, float] = (0.0, 0.0, 0.0)  # of the whole photo
    own_mse: float | None = None  # by the code that the encoder gives; None where nothing of it was moved

    @property
    def counts(self) -> tuple[int, int]:
        """How many numbers the picture has, and how many are kept."""
        if self.whole:
            return self.whole.photo.numel(), self.whole.codes.numel()
        return self.passage.image.size, self.passage.code.size

    @property
    def about(self) -> str:
        """What tells this situation from all others."""
        seen = np.round(np.concatenate([self.passage.image.ravel(), self.passage.code]), 4)
        return f"{self.chosen.key}/{self.tile}/{images.digest(seen.tobytes())[:12]}"


def of_code(chosen: Chosen, passage: Passage, others: np.ndarray | None = None) -> tuple[dict, dict]:
    """Header and arrays of the code, in bars that go as far as `code_choices.reach` says."""
    lows, most = code_choices.reach(chosen.kind, passage.own, others)
    one = f"{words.number(float(lows[0]))} … {words.number(float(most[0]))}"
    told = one if others is None else "each on its own scale"
    moves = {int(unit): float(passage.code[unit]) for unit in np.flatnonzero(passage.code != passage.own)}
    header = dict(count=len(passage.own), unit=int(np.abs(passage.own).argmax()), moves=moves, scaleWords=told)
    arrays = dict(own=passage.own, lows=lows, highs=most)
    return header, {name: values.astype(np.float32) for name, values in arrays.items()}


PSNR = "the PSNR"  # what is asked for
Scores = tuple[float, float, float]  # MSE, PSNR in dB, SSIM


def scores_of(passage: Passage) -> Scores:
    """All three."""
    return passage.mse, passage.psnr, passage.ssim


def told(scores: Scores, hidden: set[str]) -> str:
    """MSE, PSNR and SSIM in one line; what is being asked for is left out."""
    psnr = "?" if PSNR in hidden else f"{scores[1]:.1f} dB"
    return f"MSE {words.number(scores[0])} · PSNR {psnr} · SSIM {scores[2]:.3f}"
