"""The space of codes: what lives in a place, on a walk or between the codes, and the cloud of a variational encoder."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor, nn

from core import autoencoders, penalties
from core.fitting import normalise
from core.networks.variational_autoencoder import drawn
from core.zoo import Network

SURE = 0.9  # LeNet is sure of a picture from this probability on
REACH = 2.0  # standard deviations: a Gaussian of two numbers has 86 % within
NEAR = 0.1  # standard deviations: a place with no code so near is a hole
SIDE = 41  # places of a survey, each way
ACTIVATIONS = {nn.ReLU: "ReLU", nn.Sigmoid: "sigmoid", nn.Identity: "none"}


# ---- the decoder, ready to be computed elsewhere ------------------------------------------------


@dataclass(frozen=True)
class Dense:
    """A fully connected layer and what its sums pass through."""

    weights: np.ndarray  # (K, D) float16, as they are stored
    bias: np.ndarray  # (K,) float16
    activation: str  # of ACTIVATIONS


def layers(decoder: nn.Sequential) -> tuple[Dense, ...]:
    """The fully connected layers of a decoder; ValueError if it has others."""
    inner = [layer for layer in decoder if not isinstance(layer, nn.Unflatten)]
    pairs = list(zip(inner[::2], inner[1::2], strict=False))
    if len(inner) % 2 or any(type(dense) is not nn.Linear or type(after) not in ACTIVATIONS for dense, after in pairs):
        raise ValueError("only fully connected layers, each with its activation, can be taken apart so")
    return tuple(Dense(_half(one.weight), _half(one.bias), ACTIVATIONS[type(after)]) for one, after in pairs)


def linear(mean: Tensor, components: Tensor) -> tuple[Dense, ...]:
    """The way back from principal components, code @ components + mean, as one layer; (P,) and (D, P)."""
    return (Dense(_half(components.T), _half(mean), "none"),)


def _half(weights: Tensor) -> np.ndarray:
    return weights.detach().half().contiguous().numpy()


# ---- pictures from codes ------------------------------------------------------------------------


@dataclass(frozen=True)
class Decoded:
    """Codes with the pictures they stand for, and what LeNet takes those for."""

    codes: np.ndarray  # (N, D)
    images: np.ndarray  # (N, 1, 28, 28) in 0 to 1
    labels: np.ndarray  # (N,) digits
    chances: np.ndarray  # (N,) how probable LeNet thinks them

    @property
    def sure(self) -> np.ndarray:
        """Which of them LeNet is sure of, (N,)."""
        return self.chances >= SURE


@torch.inference_mode()
def read(lenet: Network, codes: Tensor, images: Tensor) -> Decoded:
    """Pictures (N, 1, 28, 28) in 0 to 1, read by LeNet."""
    chances, labels = lenet.model(normalise(images * 255, lenet.preprocessing)).softmax(dim=1).max(dim=1)
    return Decoded(codes.numpy(), images.numpy(), labels.numpy(), chances.numpy())


@torch.inference_mode()
def decoded(model: nn.Module, lenet: Network, codes: np.ndarray) -> Decoded:
    """What lives in places (N, D)."""
    places = torch.from_numpy(np.asarray(codes, dtype=np.float32))
    return read(lenet, places, autoencoders.decode(model, places))


@torch.inference_mode()
def walk(model: nn.Module, lenet: Network, one: np.ndarray, other: np.ndarray, count: int) -> Decoded:
    """`count` places on the straight way from one code (D,) to another, both ends included."""
    ends = [torch.from_numpy(np.asarray(end, dtype=np.float32)) for end in (one, other)]
    share = torch.linspace(0, 1, count)[:, None]
    codes = (1 - share) * ends[0] + share * ends[1]
    return read(lenet, codes, autoencoders.interpolate(model, *ends, count))


def passed(found: Decoded) -> list[int]:
    """Digits that LeNet is sure of on a walk but reads at neither of its ends, in the order of the way."""
    ends = found.labels[[0, -1]]
    return list(dict.fromkeys(int(label) for label in found.labels[found.sure] if label not in ends))


@torch.inference_mode()
def code(model: nn.Module, image: np.ndarray) -> np.ndarray:
    """The code (D,) of a picture (1, 28, 28) in 0 to 1; of a variational one the mean."""
    return autoencoders.encode(model, torch.from_numpy(image)[None])[0].numpy()


@torch.inference_mode()
def rebuilt(model: nn.Module, lenet: Network, image: np.ndarray) -> Decoded:
    """A picture (1, 28, 28) in 0 to 1, and what is left of it: both with its code."""
    before = torch.from_numpy(image)[None]
    codes = autoencoders.encode(model, before)
    return read(lenet, codes.expand(2, -1), torch.cat([before, autoencoders.decode(model, codes)]))


# ---- the cloud that a variational encoder gives -------------------------------------------------


@dataclass(frozen=True)
class Cloud:
    """The Gaussian that stands for a picture, unit by unit."""

    mean: np.ndarray  # (D,)
    deviation: np.ndarray  # (D,) standard deviation
    cost: np.ndarray  # (D,) KL divergence from the standard Gaussian, nats


@torch.inference_mode()
def cloud(model: nn.Module, image: np.ndarray) -> Cloud:
    """What a variational encoder gives for a picture (1, 28, 28); ValueError for other kinds."""
    mean, log_variance = (found[0] for found in autoencoders.posterior(model, torch.from_numpy(image)[None]))
    cost = penalties.divergence(mean, log_variance)
    return Cloud(mean.numpy(), (0.5 * log_variance).exp().numpy(), cost.numpy())


@torch.inference_mode()
def around(model: nn.Module, lenet: Network, image: np.ndarray, count: int, seed: int) -> Decoded:
    """Samples from the cloud of a picture (1, 28, 28); ValueError for other kinds than variational."""
    mean, log_variance = autoencoders.posterior(model, torch.from_numpy(image)[None])
    dice = torch.Generator().manual_seed(seed)
    codes = drawn(mean.expand(count, -1), log_variance.expand(count, -1), dice)
    return read(lenet, codes, autoencoders.decode(model, codes))


@torch.inference_mode()
def fresh(model: nn.Module, lenet: Network, count: int, seed: int) -> Decoded:
    """Brand-new digits: codes from the standard Gaussian; ValueError for other kinds than variational."""
    return read(lenet, *autoencoders.sample(model, count, torch.Generator().manual_seed(seed)))


# ---- holes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Survey:
    """Places of a grid among codes of two numbers, at most REACH standard deviations from their mean."""

    mean: np.ndarray  # (2,) of the codes
    deviation: np.ndarray  # (2,)
    steps: np.ndarray  # (P, 2) each place's row and column in the grid, SIDE x SIDE; the first row is lowest
    found: Decoded  # what lives there
    distances: np.ndarray  # (P,) to the nearest code, in standard deviations

    @property
    def sure(self) -> float:
        """Share of the places where LeNet is sure of the digit."""
        return float(self.found.sure.mean())

    @property
    def holes(self) -> float:
        """Share of the places that have no code within NEAR standard deviations."""
        return float((self.distances > NEAR).mean())


@torch.inference_mode()
def survey(model: nn.Module, lenet: Network, codes: np.ndarray) -> Survey:
    """Visit the places among codes (N, 2)."""
    mean, deviation = codes.mean(axis=0), codes.std(axis=0)
    line = np.linspace(-REACH, REACH, SIDE)
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    inside = np.hypot(line[columns], line[rows]) <= REACH + 1e-9
    places = np.stack([line[columns], line[rows]], axis=1)[inside]
    distances, _ = cKDTree((codes - mean) / deviation).query(places)
    steps = np.stack([rows, columns], axis=1)[inside]
    return Survey(mean, deviation, steps, decoded(model, lenet, places * deviation + mean), distances)


# ---- maps ---------------------------------------------------------------------------------------


def box(codes: np.ndarray, others: Sequence[np.ndarray] = ()) -> tuple[float, float, float]:
    """Centre x, centre y and half the side of a square map of codes (N, 2): nearly all of them, and all of a survey.

    It is as much larger as others, (2,) each, need to be on it.
    """
    mean, reach = codes.mean(axis=0), REACH * codes.std(axis=0)
    low, high = np.quantile(codes, (0.01, 0.99), axis=0)
    low, high = np.minimum(low, mean - reach), np.maximum(high, mean + reach)
    middle = (low + high) / 2
    half = max([0.53 * float((high - low).max()), *(1.05 * float(np.abs(other - middle).max()) for other in others)])
    return float(middle[0]), float(middle[1]), half


def typical(codes: np.ndarray, labels: np.ndarray, digit: int) -> int:
    """Which of the codes (N, D) is nearest to the median of all that belong to a digit; ValueError if none does."""
    (own,) = np.nonzero(labels == digit)
    if not len(own):
        raise ValueError(f"there is no {digit} among these digits")
    far = np.square(codes[own] - np.median(codes[own], axis=0)).sum(axis=1)
    return int(own[far.argmin()])
