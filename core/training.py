"""Training as a pure step: a state goes in, a later state and what happened come out. Nothing else is kept anywhere.

The order of the examples and dropout follow from the seed and the step alone, so a run can be repeated, cut into pieces
and taken up again at any older state, and its weights are the same to the bit (on one kind of machine, one thread).
"""
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf, isfinite

import numpy as np
import torch
from safetensors.torch import load as unpack
from safetensors.torch import save as pack
from torch import Tensor

from core import architectures, checkup, toy_data
from core.architectures import Layer
from core.checkup import Evaluation, Score, Trouble
from core.optimisers import LOSSES, OPTIMISERS
from core.run_config import Config, layers_of
from core.toy_data import Data

EVERY = 100  # steps from one evaluation to the next, which takes as long as five
EARLY = (10, 25, 50)  # steps that are evaluated besides, when most happens
SAMPLE = toy_data.TESTS  # training examples that an evaluation looks at


@dataclass(frozen=True)
class State:
    """A run at one step, as plain data; equal states are equal to the bit."""

    config: Config
    step: int  # how often the weights were changed
    weights: bytes = field(repr=False)  # safetensors, by layer
    slots: bytes = field(default=pack({}), repr=False)  # safetensors: what the optimiser remembers
    first_loss: float | None = None
    mean_loss: float | None = None  # of the last ten batches or so
    told: frozenset[str] = frozenset()  # kinds of trouble that were reported; each is reported once
    stopped: bool = False  # the next step's numbers would not be finite


@dataclass(frozen=True)
class Loss:
    """The loss of a step's batch, before that step changes the weights."""

    step: int
    loss: float


Event = Loss | Evaluation | Trouble
Look = tuple[Score, Score, dict[str, Tensor]]  # on training examples, on tests, and what every layer gives for those


def begin(config: Config) -> State:
    """The run before its first step; ValueError if the network does not fit the data."""
    network = architectures.build(layers_of(config))
    architectures.initialise(network, config.initialisation, _dice(config.seed, 0))
    return State(config, 0, pack(network.state_dict()))


def network_of(state: State) -> architectures.Network:
    """The network of a state, in eval mode: (N, C, H, W) or (N, 2) -> (N, classes) logits."""
    network = architectures.build(layers_of(state.config))
    network.load_state_dict(unpack(state.weights))
    return network.eval()


def advance(
    state: State, steps: int, data: Data | None = None, seconds: float = inf
) -> tuple[State, tuple[Event, ...]]:
    """The state after so many steps, or after so many seconds if that is earlier, and everything that happened.

    `data`, if given, are those of the config, already loaded. A run that has stopped stays where it is.
    """
    return forward(_stand, state, steps, data, seconds)


def forward(
    stand: Callable[[State, Data | None], "Run"], state: State, steps: int, data: Data | None, seconds: float
) -> tuple[State, tuple[Event, ...]]:
    """`advance` for a run of any kind: stand(state, data) puts it on its feet."""
    if steps < 0:
        raise ValueError(f"training goes forward by 0 steps or more, not {steps}; an older state leads back")
    if state.stopped or not steps:
        return state, ()
    end = time.monotonic() + seconds
    run, events = stand(state, data), []
    for _ in range(steps):
        events += run.step()
        if run.state.stopped or time.monotonic() >= end:
            break
    return run.packed(), tuple(events)


def evaluate(state: State, data: Data | None = None) -> Evaluation:
    """Scores and layers of a state as it is; the gradient is that of its next batch."""
    return _stand(state, data).evaluated()


def _stand(state: State, data: Data | None) -> "Run":
    return Run(state, data or toy_data.load(state.config.data), layers_of(state.config))


def batch(config: Config, step: int, count: int) -> Tensor:
    """Which of `count` examples a step learns from, (N,) row numbers; every epoch shuffles all of them anew."""
    size = min(config.batch, count)
    epoch, place = divmod(step, count // size)
    return torch.randperm(count, generator=_dice(config.seed, 1, epoch))[place * size : (place + 1) * size]


def _dice(*numbers: int) -> torch.Generator:
    """A generator of its own for every use; mixed, because torch heeds no more than the last 32 bits of a seed."""
    return torch.Generator().manual_seed(int(np.random.SeedSequence(numbers).generate_state(1)[0]))


class Run:
    """A state on its feet, for as long as one `advance` takes: the network, and its weights as one long vector."""

    def __init__(self, state: State, data: Data, table: tuple[Layer, ...]):
        self.state, self.config, self.table = state, state.config, table
        self.network = architectures.build(table)
        self.network.load_state_dict(unpack(state.weights))
        self.inputs, self.labels = torch.tensor(data.inputs), torch.tensor(data.labels)
        self.tests, self.test_labels = torch.tensor(data.test_inputs), torch.tensor(data.test_labels)
        names, self.parameters = zip(*self.network.named_parameters(), strict=True)
        self.layers = [name.split(".")[0] for name in names]
        self.sizes = [parameter.numel() for parameter in self.parameters]
        self.weights = torch.cat([parameter.detach().flatten() for parameter in self.parameters])
        for parameter, values in zip(self.parameters, self.weights.split(self.sizes), strict=True):
            parameter.data = values.view_as(parameter)  # a change of the vector changes the network
        self.slots = unpack(state.slots)
        self.update = OPTIMISERS[self.config.optimiser]

    def packed(self) -> State:
        """The state as plain data again."""
        return replace(self.state, weights=pack(self.network.state_dict()), slots=pack(self.slots))

    def gradient(self) -> tuple[float, Tensor]:
        """The loss of this step's batch, and its gradient as one vector."""
        for number, layer in enumerate(self.network):
            if hasattr(layer, "dice"):  # it draws by chance
                layer.dice = _dice(self.config.seed, 2, self.state.step, number)
        rows = batch(self.config, self.state.step, len(self.labels))
        loss = self.loss_of(rows)
        gradients = torch.autograd.grad(loss, self.parameters)
        return loss.item(), torch.cat([gradient.flatten() for gradient in gradients])

    def loss_of(self, rows: Tensor) -> Tensor:
        """What training makes small, for a batch of row numbers (N,)."""
        return LOSSES[self.config.loss](self.network(self.inputs[rows]), self.labels[rows])

    def step(self) -> list[Event]:
        """Forward, loss, backward, update. Where a number would not be finite nothing changes, and the run stops."""
        step, config = self.state.step, self.config
        look = self.look() if step % EVERY == 0 or step in EARLY else None
        measured = [buffer.clone() for buffer in self.network.buffers()]  # by batch norm, in each forward pass
        loss, gradient = self.gradient()
        decayed = gradient + config.weight_decay * self.weights if config.weight_decay else gradient
        change, slots = self.update(decayed, self.slots, config.rate, step + 1)
        weights, length = self.weights + change, decayed.norm().item()
        if not (isfinite(loss) and isfinite(length) and weights.isfinite().all()):
            for buffer, values in zip(self.network.buffers(), measured, strict=True):
                buffer.copy_(values)
            return self.stop(gradient)
        events: list[Event] = [Loss(step, loss)]
        if look:
            events.append(self.evaluation(look, gradient))
        found = self.trouble_seen(events[-1]) if look else []
        found += self.trouble_now(loss, length, gradient)
        self.weights.copy_(weights)
        self.slots = slots
        return events + self.commit(loss, found)

    def trouble_seen(self, evaluation: Evaluation) -> list[Trouble]:
        """What an evaluation shows to be wrong."""
        return checkup.troubles(evaluation)

    def trouble_now(self, loss: float, length: float, gradient: Tensor) -> list[Trouble]:
        """What this step's loss and gradient show to be wrong."""
        found, state = [], self.state
        if length > checkup.MOST_GRADIENT and "exploding gradients" not in state.told:
            found.append(checkup.exploding(state.step, length, self.lengths(gradient)))
        if state.first_loss is not None and state.mean_loss > checkup.GROWTH * max(state.first_loss, 1):
            found.append(checkup.divergence(state.step, state.mean_loss, state.first_loss, self.config.rate))
        return found

    def commit(self, loss: float, found: list[Trouble]) -> list[Trouble]:
        """One step further; the troubles that had not been told."""
        state = self.state
        new = [trouble for trouble in found if trouble.kind not in state.told]
        first, mean = (loss, loss) if state.first_loss is None else (state.first_loss, state.mean_loss)
        self.state = replace(
            state,
            step=state.step + 1,
            first_loss=first,
            mean_loss=0.9 * mean + 0.1 * loss,
            told=state.told | {trouble.kind for trouble in new},
        )
        return new

    def stop(self, gradient: Tensor) -> list[Trouble]:
        """The end of a run whose next numbers would not be numbers."""
        self.state = replace(self.state, stopped=True)
        rows = batch(self.config, self.state.step, len(self.labels))
        return [self.not_finite(checkup.worst(self.network, self.inputs[rows], self.lengths(gradient)))]

    def not_finite(self, layer: str) -> Trouble:
        """The end of a run, in words."""
        return checkup.not_finite(self.state.step, layer, self.config.rate)

    def lengths(self, gradient: Tensor) -> dict[str, float]:
        """The gradient's L2 norm in each layer, by name."""
        squares: dict[str, float] = {}
        for layer, values in zip(self.layers, gradient.double().split(self.sizes), strict=True):
            squares[layer] = squares.get(layer, 0.0) + values.square().sum().item()
        return {layer: square**0.5 for layer, square in squares.items()}

    def look(self) -> Look:
        """Scores on training examples and tests, and what every layer gives for the tests."""
        seen = checkup.outputs(self.network, self.tests)
        known = checkup.outputs(self.network, self.inputs[:SAMPLE])
        loss = LOSSES[self.config.loss]
        train = checkup.score(known["output"], self.labels[:SAMPLE], loss)
        return train, checkup.score(seen["output"], self.test_labels, loss), seen

    def evaluated(self) -> Evaluation:
        """Where it stands now; the run does not change."""
        return self.evaluation(self.look(), self.gradient()[1])

    def evaluation(self, look: Look, gradient: Tensor) -> Evaluation:
        """A look and the gradient of the same weights, put together."""
        train, test, seen = look
        sizes = checkup.layer_sizes(self.table, seen, self.lengths(gradient))
        return Evaluation(self.state.step, train, test, sizes)
