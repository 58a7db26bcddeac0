"""Everything that decides how a small autoencoder is built and trained, and what can't be."""
import json
from dataclasses import asdict, dataclass, field
from math import inf, prod

from torch import Tensor
from torch.nn import functional as F

from core.optimisers import OPTIMISERS
from core.squeeze_data import Tiles, shape
from core.toy_data import SOURCES, Choice


def cross_entropy(rebuilt: Tensor, pictures: Tensor) -> Tensor:
    """Binary cross-entropy, nats, mean over all pixels: (N, C, H, W) twice -> (); nan if a rebuilt pixel is nan."""
    if rebuilt.isnan().any():  # torch would raise instead
        return rebuilt.mean()
    return F.binary_cross_entropy(rebuilt, pictures)


KINDS = ("undercomplete", "sparse", "contractive", "convolutional", "denoising", "variational")
LOSSES = {"MSE": F.mse_loss, "binary cross-entropy": cross_entropy}
PENALISED = {"sparse": "mean |h|", "contractive": "squared Jacobian norm", "variational": "KL divergence per pixel"}
PENALTIES = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)  # weights to choose from
MOST_CODE, MOST_NODES, MOST_LAYERS, MOST_BATCH = 1024, 512, 4, 128
MOST_JACOBIAN = 20_000  # code units times nodes: each picture has a Jacobian of its own


@dataclass(frozen=True)
class Config:
    """A run before it has begun; ValueError that says what can't be, and what could."""

    data: Choice | Tiles = field(default_factory=Choice)
    kind: str = "undercomplete"
    code: int = 8
    layers: int = 1  # between the picture and the code; as many on the way back
    nodes: int = 64  # of the first layer, halved from each to the next; filters, doubled, where it is convolutional
    loss: str = "MSE"
    penalty: float = 0.0  # weight of what the kind adds to the loss
    noise: float = 0.0  # strength of the damage that a denoising one has to undo, at most
    optimiser: str = "Adam"
    rate: float = 0.005
    batch: int = 32
    weight_decay: float = 0.0  # this share of each weight is added to its gradient
    seed: int = 0

    def __post_init__(self):
        for name, known in (("kind", KINDS), ("loss", LOSSES), ("optimiser", OPTIMISERS)):
            if getattr(self, name) not in known:
                raise ValueError(f"there is no {name} {getattr(self, name)!r}; choose one of {', '.join(known)}")
        if not 0 < self.rate < inf or not 0 <= self.penalty < inf or self.seed < 0:
            raise ValueError("the learning rate must be above 0, the penalty weight and the seed 0 or above")
        if not 1 <= self.batch <= MOST_BATCH:
            raise ValueError(f"a batch has 1 to {MOST_BATCH} pictures, not {self.batch:,}")
        least = int(self.kind == "convolutional")
        if not least <= self.layers <= MOST_LAYERS:
            raise ValueError(f"a {self.kind} encoder has {least} to {MOST_LAYERS} layers before its code")
        if not 1 <= self.code <= MOST_CODE or not 1 <= self.nodes <= MOST_NODES:
            raise ValueError(f"a code has 1 to {MOST_CODE:,} units, and a layer 1 to {MOST_NODES} nodes")
        if not 0 <= self.noise <= 1 or (self.kind == "denoising" and not self.noise):
            raise ValueError("a denoising autoencoder needs damage to undo: set the noise above 0, to 1 at most")
        if (self.noise and self.kind != "denoising") or (self.penalty and self.kind not in PENALISED):
            useless = "noise" if self.noise else "a penalty"
            raise ValueError(f"{useless} does nothing for the {self.kind} kind: set it to 0")
        if isinstance(self.data, Choice) and SOURCES[self.data.name].kind != "pictures":
            raise ValueError("an autoencoder here rebuilds pictures; choose digits or tiles of a photo")
        _CHECKS[self.kind](self)
        _check_nodes(self)


def widths(config: Config) -> list[int]:
    """Nodes of each layer from the picture to the code; for a convolutional one its filters."""
    grows = config.kind == "convolutional"
    return [config.nodes * 2**at if grows else config.nodes // 2**at for at in range(config.layers)]


def _check_nodes(config: Config) -> None:
    if config.kind == "convolutional":
        side = shape(config.data)[1]
        if side % 2**config.layers:
            raise ValueError(
                f"each layer halves the maps, and {side} × {side} pixels can't be halved {config.layers} times: "
                "take fewer layers"
            )
        return
    narrow = widths(config)[-1] if config.layers else inf
    if narrow < config.code:
        raise ValueError(
            f"layer encoder{config.layers} would have {narrow} nodes, fewer than the code's {config.code}, and be the "
            "bottleneck itself: take more nodes, fewer layers, or a smaller code"
        )


def _check_squeeze(config: Config) -> None:
    pixels = prod(shape(config.data))
    if config.code >= pixels:
        raise ValueError(
            f"{pixels} pixels through a code of {config.code} units is no squeeze, it could simply copy them: "
            f"take a code of 1 to {pixels - 1}, or the sparse kind"
        )


def _check_sparse(config: Config) -> None:
    pixels = prod(shape(config.data))
    if config.code < pixels:
        raise ValueError(
            f"a sparse code has as many units as the picture has pixels, or more, with few active at a time: "
            f"take a code of {pixels} at least, or the undercomplete kind"
        )


def _check_contractive(config: Config) -> None:
    _check_squeeze(config)
    if config.layers and config.code * config.nodes > MOST_JACOBIAN:
        raise ValueError(
            f"the Jacobian of {config.code} units through {config.nodes} nodes is too large to compute for every "
            f"picture: take at most {MOST_JACOBIAN // config.code} nodes, a smaller code, or no layer before it"
        )


_CHECKS = dict.fromkeys(("undercomplete", "convolutional", "denoising", "variational"), _check_squeeze)
_CHECKS |= {"sparse": _check_sparse, "contractive": _check_contractive}


def to_json(config: Config) -> str:
    """A config as text, for people; of a photo only its size."""
    fields = asdict(config)
    fields["data"].pop("photo", None)  # it stays where it is
    return json.dumps(fields, indent=2)
