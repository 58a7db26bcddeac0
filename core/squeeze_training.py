"""Training an autoencoder as a pure step: the same state, service and way back as a classifier's (core/training.py)."""
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from core import architectures, checkup, corruptions, penalties, squeeze_checkup, squeeze_data, training
from core.architectures import ACTIVATIONS, Network
from core.checkup import Evaluation, Trouble
from core.squeeze_config import LOSSES, Config
from core.squeeze_layers import layers_of
from core.toy_data import Data
from core.training import Event, State, _dice, unpack

Values = dict[str, Tensor]  # what every layer gives, by name


@dataclass(frozen=True)
class Score:
    """On many pictures at once; loss = error + weight × penalty."""

    loss: float
    squared_error: float  # MSE, whatever the loss is: runs can be compared by it
    penalty: float  # before it is weighed


def begin(config: Config) -> State:
    """The run before its first step; ValueError if the network would be too large."""
    network = architectures.build(layers_of(config))
    architectures.initialise(network, "He", _dice(config.seed, 0))
    return State(config, 0, training.pack(network.state_dict()))


def network_of(state: State) -> Network:
    """The network of a state, in eval mode: (N, C, H, W) in 0 to 1 -> the same, rebuilt."""
    network = architectures.build(layers_of(state.config))
    network.load_state_dict(unpack(state.weights))
    return network.eval()


def advance(
    state: State, steps: int, data: Data | None = None, seconds: float = inf
) -> tuple[State, tuple[Event, ...]]:
    """`training.advance` for an autoencoder."""
    return training.forward(_stand, state, steps, data, seconds)


def evaluate(state: State, data: Data | None = None) -> Evaluation:
    """Scores and layers of a state as it is; the gradient is that of its next batch."""
    return _stand(state, data).evaluated()


def _stand(state: State, data: Data | None) -> "_Run":
    return _Run(state, data or squeeze_data.load(state.config.data))


# ---- what is made small -------------------------------------------------------------------------


def objective(config: Config, network: Network, seen: Values, clean: Tensor) -> tuple[Tensor, Tensor]:
    """Loss = error + weight × penalty, and the penalty, of clean pictures (N, C, H, W) and what every layer gave."""
    *_, rebuilt = seen.values()
    error, penalty = LOSSES[config.loss](rebuilt, clean), penalty_of(config, network, seen)
    return (error + config.penalty * penalty if config.penalty else error), penalty


def penalty_of(config: Config, network: Network, seen: Values) -> Tensor:
    """What the kind wants to be small, mean over the pictures: (); zero for kinds that want nothing more."""
    match config.kind:
        case "sparse":
            return penalties.activity(seen["code_act"]).mean()
        case "contractive":
            return jacobian_norm(_encoder(config, network, seen)).mean()
        case "variational":
            mean, log_variance = seen["code"].chunk(2, dim=1)
            pixels = seen["flatten"].shape[1]
            return penalties.divergence(mean, log_variance).sum(dim=1).mean() / pixels
    return torch.zeros(())


def _encoder(config: Config, network: Network, seen: Values) -> list[tuple[Tensor, Tensor]]:
    names = [*(f"encoder{at}" for at in range(1, config.layers + 1)), "code"]
    slopes = {name: ACTIVATIONS["sigmoid" if name == "code" else "ReLU"].slope for name in names}
    return [(network.get_submodule(name).weight, slopes[name](seen[f"{name}_act"])) for name in names]


def jacobian_norm(encoder: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Squared Frobenius norm of d code / d pixels for each picture, (N,); Rifai et al. 2011.

    `encoder` has the weights (K, D) of each layer and the slopes (N, K) of its activation. The chain rule, from the
    code backwards; the pixels' side is summed up in W Wᵀ, so that no matrix is as wide as the picture.
    """
    (first, slopes), *others = encoder
    if not others:
        return (slopes.square() * first.square().sum(dim=1)).sum(dim=1)
    *inner, (last, last_slopes) = others
    rows = last_slopes[:, :, None] * last  # (N, code, K)
    for weights, steepness in reversed(inner):
        rows = (rows * steepness[:, None, :]) @ weights
    rows = rows * slopes[:, None, :]
    return ((rows @ (first @ first.T)) * rows).sum(dim=(1, 2))


# ---- the run ------------------------------------------------------------------------------------


class _Run(training.Run):
    """A state on its feet. What differs from a classifier: the goal is the picture itself."""

    config: Config

    def __init__(self, state: State, data: Data):
        super().__init__(state, data, layers_of(state.config))

    def spoilt(self, pictures: Tensor, *dice: int) -> Tensor:
        """What a denoising autoencoder is given; other kinds get the pictures as they are."""
        noise = self.config.noise
        return corruptions.mixed(pictures, noise, _dice(self.config.seed, *dice)) if noise else pictures

    def loss_of(self, rows: Tensor) -> Tensor:
        """The loss of a batch, whose damage follows from seed and step."""
        clean = self.inputs[rows]
        seen = dict(self.network.steps(self.spoilt(clean, 3, self.state.step)))
        return objective(self.config, self.network, seen, clean)[0]

    def look(self) -> training.Look:
        """Scores on training pictures and tests, damaged in the same way each time."""
        known = self.inputs[: training.SAMPLE]
        train, _ = self.judged(known, self.spoilt(known, 4))
        test, seen = self.judged(self.tests, damaged(self.tests, self.config.noise, self.config.seed))
        return train, test, seen

    def judged(self, clean: Tensor, given: Tensor) -> tuple[Score, Values]:
        """How well pictures (N, C, H, W) are rebuilt from what is given of them; of a cloud its mean is decoded."""
        seen = checkup.outputs(self.network, given)
        with torch.inference_mode():
            loss, penalty = objective(self.config, self.network, seen, clean)
            *_, rebuilt = seen.values()
            squared = (rebuilt - clean).square().mean()
        return Score(loss.item(), squared.item(), penalty.item()), seen

    def evaluation(self, look: training.Look, gradient: Tensor) -> Evaluation:
        """As of a classifier; and whether what is rebuilt still tells the pictures apart."""
        found = super().evaluation(look, gradient)
        *_, rebuilt = look[2].values()
        self.alike = squeeze_checkup.alike(rebuilt, self.tests)
        return found

    def trouble_seen(self, evaluation: Evaluation) -> list[Trouble]:
        """What an evaluation shows to be wrong."""
        return squeeze_checkup.troubles(evaluation, self.alike)

    def trouble_now(self, loss: float, length: float, gradient: Tensor) -> list[Trouble]:
        """What this step's loss and gradient show to be wrong."""
        return squeeze_checkup.troubles_now(self.state, loss, length, self.lengths(gradient))

    def not_finite(self, layer: str) -> Trouble:
        """The end of a run, in words."""
        return squeeze_checkup.not_finite(self.state, layer)


def damaged(tests: Tensor, noise: float, seed: int) -> Tensor:
    """Test pictures (N, C, H, W) as the autoencoder is given them, the same each time; each damaged in its own way."""
    return corruptions.mixed(tests, noise, _dice(seed, 5)) if noise else tests
