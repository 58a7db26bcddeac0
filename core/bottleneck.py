"""One picture through the bottleneck of an autoencoder: what went in, the code, what came out, and every step."""
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from core import autoencoders, quality
from core.autoencoders import Autoencoder
from core.trace import Step, trace

CODE = "code"  # the step that stands for a code that was changed by hand


@dataclass(frozen=True)
class Passage:
    """A picture in and out, values from 0 to 1."""

    image: np.ndarray  # (C, H, W)
    own: np.ndarray  # (D,) the code that the encoder gives
    code: np.ndarray  # (D,) the code that was decoded
    output: np.ndarray  # (C, H, W)

    @property
    def error(self) -> np.ndarray:
        """Output less input, (C, H, W)."""
        return self.output - self.image

    @property
    def mse(self) -> float:
        """Mean squared error."""
        return quality.mse(self.image, self.output)

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio, dB."""
        return quality.psnr(self.image, self.output)

    @property
    def ssim(self) -> float:
        """Structural similarity, at most 1."""
        return quality.ssim(self.image, self.output)

    @property
    def kept(self) -> float:
        """Numbers in the code as a share of those in the picture."""
        return self.code.size / self.image.size


def moved(own: np.ndarray, moves: Mapping[int, float]) -> np.ndarray:
    """The code (D,) with some of its units set by hand; ValueError for a unit that is not there."""
    wrong = [unit for unit in moves if not 0 <= unit < len(own)]
    if wrong:
        raise ValueError(f"the code has {len(own)} units, numbered from 0, and no {wrong[0]}")
    code = own.copy()
    code[list(moves)] = list(moves.values())
    return code


def through(net: Autoencoder, image: np.ndarray, moves: Mapping[int, float] | None = None) -> Passage:
    """(C, H, W) to a code, some units of which may be set by hand, and back; ValueError as for `moved`."""
    with torch.inference_mode():
        own = autoencoders.encode(net.model, torch.from_numpy(image)[None])[0].numpy()
        code = moved(own, moves or {})
        output = autoencoders.decode(net.model, torch.from_numpy(code)[None])[0].numpy()
    return Passage(image, own, code, output)


def steps(net: Autoencoder, passage: Passage) -> dict[str, Step]:
    """Every step of encoder and decoder as one trace; a code that was set by hand is a step without sources."""
    encoder = _named("encoder", trace(net.encoder, torch.from_numpy(passage.image)), "image")
    *_, last = encoder
    code = torch.from_numpy(passage.code)
    if not np.array_equal(passage.code, passage.own):
        last = CODE
        encoder[CODE] = Step(CODE, "Identity", (), None, code)
    decoder = trace(net.decoder, code)
    start = next(name for name, step in decoder.items() if step.kind == "Input")
    del decoder[start]
    return encoder | _named("decoder", decoder, start, last)


def _named(part: str, found: dict[str, Step], start: str, new: str = "image") -> dict[str, Step]:
    """The steps with the part of the network before their names; the step called `start` is called `new`."""
    names = {start: new} | {name: f"{part}_{name}" for name in found if name != start}
    return {
        names[name]: replace(step, name=names[name], sources=tuple(names[source] for source in step.sources))
        for name, step in found.items()
    }
