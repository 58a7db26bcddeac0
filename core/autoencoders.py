"""Autoencoders: a picture to a few numbers (the code) and back; plain functions that work with all of them."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn

from core import principal, zoo
from core.images import Preprocessing
from core.networks.convolutional_autoencoder import ConvolutionalAutoencoder
from core.networks.dense_autoencoder import DenseAutoencoder
from core.networks.tile_autoencoder import TileAutoencoder
from core.networks.tile_denoiser import TileDenoiser
from core.networks.variational_autoencoder import VariationalAutoencoder
from core.trace import graph_of

DIGIT = Preprocessing(size=28, channels=1, crop=1.0, mean=(0.0,), std=(255.0,), ink=True)
TILE = Preprocessing(size=32, channels=3, crop=1.0, mean=(0.0,) * 3, std=(255.0,) * 3)


@dataclass(frozen=True)
class Spec:
    """An autoencoder that can be loaded; the text is for people."""

    title: str
    kind: str  # key of KINDS
    about: str  # one sentence
    build: Callable[[], nn.Module]
    code: int  # numbers in the code of a picture; 0 where the code is a stack of maps
    preprocessing: Preprocessing = DIGIT
    dataset: str = "mnist"


KINDS = {  # kind -> what is special about it
    "undercomplete": "the code is smaller than the picture",
    "sparse": "the code is as large as the picture, but few of its units may be active",
    "contractive": "a small change of the picture may change the code only a little",
    "convolutional": "filters instead of fully connected layers",
    "denoising": "gets a damaged picture and is compared with the clean one",
    "variational": "the code is a cloud, from which new pictures can be drawn",
}


def _undercomplete(code: int) -> Spec:
    about = f"784 pixels through {code} numbers."
    return Spec(f"Undercomplete, code {code}", "undercomplete", about, lambda: DenseAutoencoder(code, (256, 128)), code)


def _variational(code: int, hidden: tuple[int, int]) -> Spec:
    about = f"{code} means and {code} standard deviations; new digits come from random codes."
    build = lambda: VariationalAutoencoder(code, hidden)  # noqa: E731
    return Spec(f"Variational, code {code}", "variational", about, build, code)


def _tiles(code: int) -> Spec:
    about = f"3,072 numbers of a colour tile through {code}; principal components with filters before and after."
    build = lambda: TileAutoencoder(code)  # noqa: E731
    return Spec(f"Photo tiles, code {code}", "convolutional", about, build, code, TILE, "cifar10")


SPECS: dict[str, Spec] = {
    "digits_2": _undercomplete(2),
    "digits_8": _undercomplete(8),
    "digits_32": _undercomplete(32),
    "digits_sparse": Spec(
        "Sparse, 784 units",
        "sparse",
        "As many units as pixels; each that is active costs.",
        lambda: DenseAutoencoder(784, activation="ReLU"),
        784,
    ),
    "digits_contractive": Spec(
        "Contractive, code 128",
        "contractive",
        "How much the code reacts to the pixels costs.",
        lambda: DenseAutoencoder(128, activation="sigmoid"),
        128,
    ),
    "digits_not_contractive": Spec(
        "The same without the penalty",
        "undercomplete",
        "Like the contractive one, but free to react.",
        lambda: DenseAutoencoder(128, activation="sigmoid"),
        128,
    ),
    "digits_convolutional": Spec(
        "Convolutional, code 32",
        "convolutional",
        "Filters down to 32 numbers and up again.",
        lambda: ConvolutionalAutoencoder(32),
        32,
    ),
    "digits_denoising": Spec(
        "Denoising, code 64",
        "denoising",
        "Saw damaged digits and had to give back the clean ones.",
        lambda: ConvolutionalAutoencoder(64),
        64,
    ),
    "digits_variational_2": _variational(2, (256, 128)),  # small, since browsers decode it themselves
    "digits_variational_16": _variational(16, (512, 256)),
    "tiles_64": _tiles(64),
    "tiles_128": _tiles(128),
    "tiles_256": _tiles(256),
    "tiles_denoising": Spec(
        "Denoising, photo tiles",
        "denoising",
        "Saw damaged photos and had to give back the clean ones.",
        TileDenoiser,
        0,
        TILE,
        "cifar10",
    ),
}


@dataclass(frozen=True)
class Autoencoder:
    """An autoencoder ready to run, in eval mode with frozen weights; many threads may use it at once."""

    name: str
    spec: Spec
    model: nn.Module
    encoder: fx.GraphModule  # the same weights; images -> what every step gives; the last one is the code
    decoder: fx.GraphModule  # code -> what every step gives


def spec(name: str) -> Spec:
    """The autoencoder of that name; ValueError with the known ones otherwise."""
    if name not in SPECS:
        raise ValueError(f"there is no autoencoder {name!r}; choose one of {', '.join(SPECS)}")
    return SPECS[name]


def untrained(name: str, seed: int = 0) -> nn.Module:
    """The architecture with torch's own random weights from a seed; one for tiles begins as PCA."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = spec(name).build()
    if isinstance(model, TileAutoencoder):
        mean, components = principal.components(spec(name).dataset)
        model.start_as_pca(mean, components[: spec(name).code])
    return model


def load(name: str) -> Autoencoder:
    """A trained autoencoder; ValueError if the name or the weight file is wrong."""
    model, stored = untrained(name), zoo.own_weights(name)
    learned = {key for key, weights in model.named_parameters() if weights.requires_grad}
    if stored.keys() != learned:
        raise ValueError(f"{name}.safetensors belongs to another architecture; restore it or run `make weights`")
    model.load_state_dict({key: value.float() for key, value in stored.items()}, strict=False)  # stored as halves
    return ready(name, model)


def ready(name: str, model: nn.Module) -> Autoencoder:
    """A model of SPECS[name], frozen and traced."""
    model.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # tiles: a third less time on CPUs
    return Autoencoder(name, spec(name), model, graph_of(model.encoder), graph_of(model.decoder))


# ---- what all of them can do ------------------------------------------------------------------


def encode(model: nn.Module, images: Tensor) -> Tensor:
    """The code of each picture: (N, C, H, W) in 0 to 1 -> (N, D), or maps; of a variational one the mean."""
    return model.encoder(images)


def decode(model: nn.Module, codes: Tensor) -> Tensor:
    """The picture that each code stands for: (N, D) -> (N, C, H, W) in 0 to 1."""
    return model.decoder(codes).clamp(0, 1)


def reconstruct(model: nn.Module, images: Tensor) -> Tensor:
    """Each picture through the code and back, (N, C, H, W) in 0 to 1; of a variational one through the mean."""
    return model(images).clamp(0, 1)


def interpolate(model: nn.Module, one: Tensor, other: Tensor, count: int) -> Tensor:
    """`count` pictures on the straight way between two codes (D,), both ends included: (count, C, H, W)."""
    if count < 2:
        raise ValueError(f"a walk has two ends, so at least 2 pictures, not {count}")
    share = torch.linspace(0, 1, count)[:, None]
    return decode(model, (1 - share) * one + share * other)


def sample(model: nn.Module, count: int, dice: torch.Generator) -> tuple[Tensor, Tensor]:
    """New codes from the Gaussian that a variational autoencoder was trained towards, (N, D), and their pictures.

    ValueError for other kinds, whose codes have no known distribution.
    """
    _must_be_variational(model)
    codes = torch.randn(count, model.mean.out_features, generator=dice)
    return codes, decode(model, codes)


def _must_be_variational(model: nn.Module) -> None:
    if not isinstance(model, VariationalAutoencoder):
        raise ValueError("only a variational autoencoder has a mean and a variance; choose one")


def posterior(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log-variance that a variational autoencoder gives, (N, D) each; ValueError for other kinds."""
    _must_be_variational(model)
    return model.posterior(images)
