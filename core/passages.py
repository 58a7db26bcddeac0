"""What goes forward and comes back through every step of a network that looks at a picture."""
from dataclasses import dataclass

from torch import Tensor, fx

from core import gradients
from core.checkup import rms


@dataclass(frozen=True)
class Passage:
    """One step on the way from the picture to the answer."""

    name: str
    kind: str
    activation: float  # root mean square of what it gives
    upstream: float  # root mean square of the slopes of the aim along what it gives
    zeros: float  # share of these slopes that are exactly 0: nothing arrives there


def passages(graph: fx.GraphModule, image: Tensor, aim: str, index: int) -> tuple[Passage, ...]:
    """How large values and slopes are at every step, in the order they ran; image is (C, H, W), aim one of AIMS."""
    back = gradients.backtrace(graph, image, index, aim=aim)
    return tuple(
        Passage(
            name,
            back.steps[name].kind,
            rms(back.steps[name].output),
            rms(slope),
            (slope == 0).float().mean().item(),
        )
        for name, slope in back.slopes.items()
    )
