"""What can go wrong while an autoencoder learns, by its name; pages/shared/train_one_remedies.py says what helps."""
from math import inf

from torch import Tensor

from core import checkup
from core.checkup import FADING, MOST_GRADIENT, Evaluation, Trouble
from core.training import State

GROWTH = 1.5  # pixels end at 0 and 1, so a loss that has grown by half is lost already
ALIKE, PATIENCE = 0.01, 300  # share of the tests' variance, and steps before it counts as trouble
PLAIN = 1e-4  # variance, or squared error, that nobody sees


def alike(rebuilt: Tensor, pictures: Tensor) -> float:
    """How much rebuilt pictures (N, C, H, W) differ from each other, as a share of how much the pictures do.

    Infinite where the pictures themselves are all alike, as the tiles of an empty photo are.
    """
    spread = pictures.var(dim=0).sum().item()
    return rebuilt.var(dim=0).sum().item() / spread if spread > PLAIN else inf


def not_finite(state: State, layer: str) -> Trouble:
    """Numbers that are too large to be numbers."""
    text = f"After step {state.step} the numbers of {layer} became too large to be numbers, so training stopped there. "
    text += f"With a learning rate of {state.config.rate:g} its steps are too large."
    return Trouble(state.step, "not finite", layer, text)


def troubles_now(state: State, loss: float, length: float, gradients: dict[str, float]) -> list[Trouble]:
    """What one step's loss and the length of its gradient show."""
    found = []
    if length > MOST_GRADIENT and "exploding gradients" not in state.told:
        layer = max(gradients, key=gradients.get)
        text = f"The gradient has a length of {length:.3g}, most of it in {layer}: its steps are too large."
        found.append(Trouble(state.step, "exploding gradients", layer, text))
    if state.first_loss is not None and state.mean_loss > GROWTH * state.first_loss:
        found.append(checkup.divergence(state.step, state.mean_loss, state.first_loss, state.config.rate))
    return found


def troubles(evaluation: Evaluation, differ: float) -> list[Trouble]:
    """What an evaluation shows; `differ` is what `alike` says of the test pictures."""
    step, first, last = evaluation.step, evaluation.layers[0], evaluation.layers[-1]
    dead = [layer.name for layer in evaluation.layers if layer.dead == 1]
    if differ == inf or evaluation.test.squared_error < PLAIN:  # nothing tells them apart, or all of it is learnt
        return []
    if dead[-1:] == ["output"]:
        text = "For every test picture, every pixel is rebuilt as 0 or as 1: there the last sigmoid is flat, and no "
        text += "gradient gets back through it."
        return [Trouble(step, "saturation", "output", text)]
    if dead:
        text = f"All units of {dead[0]} are dead for every test picture: nothing gets through them."
        return [Trouble(step, "dead layer", dead[0], text)]
    if step >= PATIENCE and differ < ALIKE:
        text = "All test pictures are rebuilt nearly alike: what tells them apart does not get through the code."
        return [Trouble(step, "collapse", "code", text)]
    if first.gradient < FADING * last.gradient:
        text = f"The gradient of {first.name} is {first.gradient / last.gradient:.1g} times that of {last.name}: "
        return [Trouble(step, "vanishing gradients", first.name, text + "it hardly learns.")]
    return []
