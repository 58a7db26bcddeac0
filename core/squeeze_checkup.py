"""What can go wrong while an autoencoder learns, by its name, and what would be right."""
from torch import Tensor

from core.checkup import FADING, MOST_GRADIENT, Evaluation, Trouble
from core.squeeze_config import Config
from core.training import State

GROWTH = 1.5  # pixels end at 0 and 1, so a loss that has grown by half is lost already
ALIKE, PATIENCE = 0.01, 300  # share of the tests' variance, and steps before it counts as trouble


def alike(rebuilt: Tensor, pictures: Tensor) -> float:
    """How much rebuilt pictures (N, C, H, W) differ from each other, as a share of how much the pictures do."""
    return (rebuilt.var(dim=0).sum() / pictures.var(dim=0).sum().clamp(min=1e-12)).item()


def slower(rate: float) -> str:
    """The first thing to try."""
    return f"take a smaller learning rate, such as {rate / 10:g}"


def not_finite(state: State, layer: str) -> Trouble:
    """Numbers that are too large to be numbers."""
    text = f"After step {state.step} the numbers of {layer} became too large to be numbers, so training stopped there: "
    return Trouble(state.step, "not finite", layer, text + slower(state.config.rate) + ".")


def troubles_now(state: State, loss: float, length: float, gradients: dict[str, float]) -> list[Trouble]:
    """What one step's loss and the length of its gradient show."""
    found, rate = [], state.config.rate
    if length > MOST_GRADIENT and "exploding gradients" not in state.told:
        layer = max(gradients, key=gradients.get)
        text = f"The gradient has a length of {length:.3g}, most of it in {layer}: {slower(rate)}."
        found.append(Trouble(state.step, "exploding gradients", layer, text))
    if state.first_loss is not None and state.mean_loss > GROWTH * state.first_loss:
        text = f"The loss has grown to {state.mean_loss:.3g}, it began at {state.first_loss:.3g}: "
        text += f"each step jumps too far; {slower(rate)}."
        found.append(Trouble(state.step, "divergence", "output", text))
    return found


def troubles(config: Config, evaluation: Evaluation, differ: float) -> list[Trouble]:
    """What an evaluation shows; `differ` is what `alike` says of the test pictures."""
    step, first, last = evaluation.step, evaluation.layers[0], evaluation.layers[-1]
    dead = [layer.name for layer in evaluation.layers if layer.dead == 1]
    if dead[-1:] == ["output"]:
        text = "Whatever the picture, every pixel is rebuilt as 0 or as 1: there the last sigmoid is flat, and no "
        text += f"gradient gets back through it. Begin again and {slower(config.rate)}."
        return [Trouble(step, "saturation", "output", text)]
    if dead:
        text = f"All units of {dead[0]} are dead: whatever the picture, nothing gets through them. "
        text += f"Begin again and {_less(config)}."
        return [Trouble(step, "dead layer", dead[0], text)]
    if step >= PATIENCE and differ < ALIKE:
        text = "All pictures are rebuilt nearly alike: what tells them apart does not get through the code. "
        text += f"Begin again and {_less(config)}."
        return [Trouble(step, "collapse", "code", text)]
    if first.gradient < FADING * last.gradient:
        text = f"The gradient of {first.name} is {first.gradient / last.gradient:.1g} times that of {last.name}: "
        return [Trouble(step, "vanishing gradients", first.name, text + "it hardly learns. Take fewer layers.")]
    return []


def _less(config: Config) -> str:
    """The likely cause."""
    if config.penalty:
        return f"take a smaller penalty weight, such as {config.penalty / 10:g}, or a smaller learning rate"
    return slower(config.rate)
