"""One picture through an autoencoder of every kind: code, picture, and what the kind adds to the loss, by terms."""
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core import autoencoders, corruptions, penalties, quality
from core.autoencoder_recipes import RECIPES

SIX = {  # kind -> the network that stands for it
    "undercomplete": "digits_32",
    "sparse": "digits_sparse",
    "contractive": "digits_contractive",
    "convolutional": "digits_convolutional",
    "denoising": "digits_denoising",
    "variational": "digits_variational_16",
}
FREE = "digits_not_contractive"  # what the contractive one is compared with
GRAIN = 0.1  # standard deviation of "a little grain"


@dataclass(frozen=True)
class Passage:
    """A picture through one autoencoder; pictures are (1, 28, 28) from 0 to 1."""

    name: str
    clean: np.ndarray
    given: np.ndarray  # what went in: damaged for a denoising one
    code: np.ndarray  # (D,)
    rebuilt: np.ndarray
    parts: np.ndarray  # (D,) what each unit of the code adds to the penalty; empty where nothing is added
    penalty: float  # their mean (sparse) or sum; 0 where nothing is added
    weight: float  # by which the penalty was multiplied in training
    terms: dict[str, np.ndarray]  # what the parts were computed from, (D,) each
    layers: dict[str, int]  # learned numbers of each layer

    @property
    def kind(self) -> str:
        """Which of the six it is."""
        return autoencoders.spec(self.name).kind

    @property
    def mse(self) -> float:
        """Mean squared error against the clean picture."""
        return quality.mse(self.rebuilt, self.clean)

    @property
    def psnr(self) -> float:
        """The same in dB."""
        return quality.psnr(self.rebuilt, self.clean)

    @property
    def ssim(self) -> float:
        """Structural similarity with the clean picture."""
        return quality.ssim(self.rebuilt, self.clean)

    @property
    def active(self) -> int:
        """How many units of the code are not zero."""
        return int(np.count_nonzero(self.code))

    @property
    def parameters(self) -> int:
        """Learned numbers, all layers together."""
        return sum(self.layers.values())


def passage(name: str, model: nn.Module, picture: np.ndarray, noise: float = 0.0, seed: int = 0) -> Passage:
    """(1, 28, 28) through the autoencoder called `name`; grain of that strength goes in if its kind is denoising."""
    clean = torch.from_numpy(picture)[None]
    is_denoising = autoencoders.spec(name).kind == "denoising"
    given = corruptions.corrupt(clean, "Gaussian noise", noise, seed) if is_denoising else clean
    with torch.inference_mode():
        code = autoencoders.encode(model, given)
        rebuilt = autoencoders.decode(model, code)
        parts, terms = _parts(name, model, given, code)
        penalty = penalties.penalty(name, model, given).item()
    weight = 1.0 if "mean" in terms else RECIPES[name].penalty
    shown = {key: value[0].numpy() for key, value in terms.items()}
    return Passage(
        name, picture, given[0].numpy(), code[0].numpy(), rebuilt[0].numpy(), parts.flatten().numpy(), penalty, weight,
        shown, layers(model),
    )  # fmt: skip


def _parts(name: str, model: nn.Module, images: Tensor, code: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """What each unit adds to the penalty, (1, D), and the numbers that it is made of."""
    match autoencoders.spec(name).kind:
        case "sparse":
            return code.abs(), {}
        case "contractive":
            weights = model.encoder[1].weight.square().sum(dim=1)[None]
            return (code * (1 - code)).square() * weights, {"h": code, "weights": weights}
        case "variational":
            mean, log_variance = autoencoders.posterior(model, images)
            return penalties.divergence(mean, log_variance), {"mean": mean, "variance": log_variance.exp()}
    return torch.empty(0), {}


def layers(model: nn.Module) -> dict[str, int]:
    """Learned numbers of each layer that has any, in the order of its code."""
    parts = {name: part.parameters(recurse=False) for name, part in model.named_modules()}
    counts = {name: sum(values.numel() for values in own) for name, own in parts.items()}
    return {name: count for name, count in counts.items() if count}


# ---- two similar pictures ---------------------------------------------------------------------


def _grain(picture: np.ndarray, seed: int) -> np.ndarray:
    return corruptions.corrupt(torch.from_numpy(picture)[None], "Gaussian noise", GRAIN, seed)[0].numpy()


def _moved(picture: np.ndarray, axis: int) -> np.ndarray:
    """One pixel on; what leaves comes back on the other side, which is empty where a digit stands in the middle."""
    return np.roll(picture, 1, axis)


NEIGHBOURS = {  # ways to a similar picture: (picture, seed) -> another one
    "one pixel to the right": lambda picture, seed: _moved(picture, 2),
    "one pixel down": lambda picture, seed: _moved(picture, 1),
    "a little grain": _grain,
}


@dataclass(frozen=True)
class Pair:
    """Two pictures, their codes, and how far apart both are: Euclidean distances."""

    codes: np.ndarray  # (2, D)
    pictures_apart: float
    codes_apart: float

    @property
    def ratio(self) -> float:
        """How far the code moved for each step of the picture; nan for equal pictures."""
        return self.codes_apart / self.pictures_apart if self.pictures_apart else float("nan")


def pair(model: nn.Module, one: np.ndarray, other: np.ndarray) -> Pair:
    """Two pictures (1, 28, 28) through the encoder."""
    with torch.inference_mode():
        codes = autoencoders.encode(model, torch.from_numpy(np.stack([one, other]))).numpy()
    return Pair(codes, float(np.linalg.norm(one - other)), float(np.linalg.norm(codes[0] - codes[1])))
