"""Which pixels a score depends on: seven ways to ask, each with what its answer means.

All take a network as `trace.graph_of` gives it, an image (C, H, W), and a class (None: the largest logit).
"""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from scipy.stats import spearmanr
from torch import Tensor, fx

from core import gradients, guided
from core.trace import run

AT_ONCE = 2**17  # numbers of input in one pass; more save no time and cost memory


@dataclass(frozen=True)
class Attribution:
    """What a method says of one image and one class."""

    method: str  # a name of METHODS
    index: int  # of the class
    score: float  # its logit
    values: Tensor  # (C, H, W) a number for each number of the input; (1, H', W') where a method knows no channels
    heat: Tensor  # (H', W') what is drawn, one number a cell
    signed: bool  # whether cells below zero speak against the class
    promised: float | None = None  # what the values must add up to, where a method promises it

    @property
    def sum(self) -> float:
        """What the values add up to."""
        return self.values.double().sum().item()


def _scores(graph: fx.GraphModule, images: Tensor, index: int) -> Tensor:
    """The logit of one class for each of (N, C, H, W): (N,)."""
    with torch.inference_mode():
        return torch.cat([run(graph, few)[-1][:, index] for few in images.split(_few(images))])


def _slopes(graph: fx.GraphModule, images: Tensor, index: int) -> Tensor:
    """d logit / d pixel of each of (N, C, H, W), shaped like it."""
    found = []
    for few in images.split(_few(images)):
        with torch.enable_grad():
            few = few.detach().requires_grad_(True)
            found += torch.autograd.grad(run(graph, few)[-1][:, index].sum(), few)
    return torch.cat(found)


def _few(images: Tensor) -> int:
    return max(1, AT_ONCE // images[0].numel())


def _class(graph: fx.GraphModule, image: Tensor, index: int | None) -> tuple[int, float]:
    """The class that is asked for and its score; ValueError if there is none."""
    with torch.inference_mode():
        logits = run(graph, image[None])[-1][0]
    index = int(logits.argmax()) if index is None else index
    if not 0 <= index < len(logits):
        raise ValueError(f"there is no class {index}; the network knows 0 to {len(logits) - 1}")
    return index, logits[index].item()


# ---- slopes ----------------------------------------------------------------------------------------------------------


def saliency(graph: fx.GraphModule, image: Tensor, index: int | None = None) -> Attribution:
    """The slope of the score along every pixel; drawn is the largest of its channels, whatever its sign.

    Simonyan, Vedaldi and Zisserman 2013, https://arxiv.org/abs/1312.6034
    """
    index, score = _class(graph, image, index)
    slopes = _slopes(graph, image[None], index)[0]
    return Attribution("saliency", index, score, slopes, gradients.saliency(slopes), signed=False)


def gradient_times_input(graph: fx.GraphModule, image: Tensor, index: int | None = None) -> Attribution:
    """Slope × pixel, all channels added up; in a network without biases that makes the score.

    Shrikumar et al. 2016, https://arxiv.org/abs/1605.01713
    """
    index, score = _class(graph, image, index)
    values = _slopes(graph, image[None], index)[0] * image
    return Attribution("gradient × input", index, score, values, values.sum(dim=0), signed=True)


def integrated_gradients(
    graph: fx.GraphModule, image: Tensor, index: int | None = None, steps: int = 32, baseline: Tensor | None = None
) -> Attribution:
    r"""The mean slope on the straight way from a baseline (None: zeros) to the image, times the way.

    $$ (x_i - b_i) \frac{1}{S} \sum_{s=1}^{S} \frac{\partial y}{\partial x_i}\Big(b + \frac{s - 1/2}{S} (x - b)\Big) $$

    They add up to y(x) - y(b), as far as S steps make an integral. Sundararajan, Taly and Yan 2017,
    https://arxiv.org/abs/1703.01365
    """
    if steps < 1:
        raise ValueError(f"integrated gradients need 1 step or more, not {steps}")
    index, score = _class(graph, image, index)
    baseline = torch.zeros_like(image) if baseline is None else baseline
    if baseline.shape != image.shape:
        raise ValueError(f"the baseline must be {tuple(image.shape)} like the image, not {tuple(baseline.shape)}")
    way = image - baseline
    parts = (torch.arange(steps, dtype=image.dtype) + 0.5) / steps
    values = _slopes(graph, baseline + parts.view(-1, 1, 1, 1) * way, index).mean(dim=0) * way
    promised = score - _scores(graph, baseline[None], index).item()
    return Attribution("integrated gradients", index, score, values, values.sum(dim=0), True, promised)


def smooth_grad(
    graph: fx.GraphModule, image: Tensor, index: int | None = None, count: int = 16, spread: float = 0.15, seed: int = 0
) -> Attribution:
    """The mean slope over `count` copies with noise; its standard deviation is a share of the image's range.

    Smilkov et al. 2017, https://arxiv.org/abs/1706.03825
    """
    if count < 1 or spread < 0:
        raise ValueError(f"SmoothGrad needs 1 copy or more and noise of 0 or more, not {count} and {spread:g}")
    index, score = _class(graph, image, index)
    values = _slopes(graph, noisy(image, count, spread, seed), index).mean(dim=0)
    return Attribution("SmoothGrad", index, score, values, gradients.saliency(values), signed=False)


def noisy(image: Tensor, count: int, spread: float, seed: int) -> Tensor:
    """Copies with seeded Gaussian noise of `spread` times the image's range: (N, C, H, W)."""
    dice = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, *image.shape, generator=dice, dtype=image.dtype)
    return image + noise * spread * (image.max() - image.min())


def guided_backpropagation(graph: fx.GraphModule, image: Tensor, index: int | None = None) -> Attribution:
    """Saliency, but every ReLU passes back only what is above zero: core.guided.

    Springenberg et al. 2014, https://arxiv.org/abs/1412.6806
    """
    index, score = _class(graph, image, index)
    values = guided.slopes(graph, image, index)
    return Attribution("guided backpropagation", index, score, values, gradients.saliency(values), signed=False)


# ---- maps and patches ------------------------------------------------------------------------------------------------


def grad_cam(graph: fx.GraphModule, image: Tensor, index: int | None = None, layer: str | None = None) -> Attribution:
    """The maps of a layer (None: the last), each weighed by its mean slope: gradients.evidence."""
    layer = layer or gradients.last_maps(graph)
    back = gradients.backtrace(graph, image, index, layer)
    heat = gradients.evidence(back, layer)
    *_, last = back.steps.values()
    return Attribution("Grad-CAM", back.index, last.output[back.index].item(), heat[None], heat, signed=False)


def occlusion(
    graph: fx.GraphModule, image: Tensor, index: int | None = None,
    window: int | None = None, stride: int | None = None, fill: float = 0.0,
) -> Attribution:  # fmt: skip
    """How far the score falls when a window (None: a seventh of the side) is filled: `values` has a number a place.

    Windows may stick out at the right and lower edge. In the heat map every pixel has the mean over the windows that
    cover it. Zeiler and Fergus 2013, https://arxiv.org/abs/1311.2901
    """
    side = min(image.shape[1:])
    window = window or max(1, side // 7)
    stride = stride or window
    if not (1 <= window <= side and 1 <= stride <= window):
        raise ValueError(f"the window must be 1 to {side} and its stride 1 to the window, not {window} and {stride}")
    index, score = _class(graph, image, index)
    corners = [range(0, length - window + stride, stride) for length in image.shape[1:]]
    places = [(row, column) for row in corners[0] for column in corners[1]]
    covered = [(slice(row, row + window), slice(column, column + window)) for row, column in places]
    drops, few = [], _few(image[None])
    for at in range(0, len(covered), few):
        copies = image.repeat(len(covered[at : at + few]), 1, 1, 1)
        for copy, (rows, columns) in zip(copies, covered[at:], strict=False):
            copy[:, rows, columns] = fill
        drops.append(score - _scores(graph, copies, index))
    values = torch.cat(drops).view(1, *map(len, corners))
    return Attribution("occlusion", index, score, values, _spread(values.flatten(), covered, image), signed=True)


def _spread(drops: Tensor, covered: list[tuple[slice, slice]], image: Tensor) -> Tensor:
    """The mean over all windows that cover a pixel: (H, W)."""
    total, times = torch.zeros_like(image[0]), torch.zeros_like(image[0])
    for drop, (rows, columns) in zip(drops, covered, strict=True):
        total[rows, columns] += drop
        times[rows, columns] += 1
    return total / times


METHODS: dict[str, Callable[..., Attribution]] = {
    "saliency": saliency,
    "gradient × input": gradient_times_input,
    "integrated gradients": integrated_gradients,
    "guided backpropagation": guided_backpropagation,
    "SmoothGrad": smooth_grad,
    "Grad-CAM": grad_cam,
    "occlusion": occlusion,
}
MEANINGS = {  # what a heat map of each method says, one sentence
    "saliency": "Bright where a small change of a pixel changes the score most, whether up or down.",
    "gradient × input": "What each pixel adds to the score, as if the network were the straight line it is near here.",
    "integrated gradients": "What each pixel adds on the way from a blank picture to this one; in all, the rise.",
    "guided backpropagation": "Saliency that follows only what speaks for the class; often it draws any sharp edge.",
    "SmoothGrad": "Saliency averaged over noisy copies of the picture, so that chance wiggles of the slope cancel.",
    "Grad-CAM": "Bright where the last feature maps, each weighed by its mean slope, add up in favour of the class.",
    "occlusion": "How far the score falls when that patch of the picture is covered.",
}


# ---- is it about the network at all? ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sanity:
    """One method on a network and on its twin with random weights; alike, it shows the picture and not the network."""

    trained: Attribution
    random: Attribution
    correlation: float  # of the ranks of the two heat maps, -1 to 1; 0 where one of them is blank


def sanity_check(method: str, graph: fx.GraphModule, twin: fx.GraphModule, image: Tensor, index: int | None) -> Sanity:
    """The same method for the same class on a network and on its untrained twin.

    Adebayo et al. 2018, https://arxiv.org/abs/1810.03292
    """
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}; choose one of {', '.join(METHODS)}")
    trained = METHODS[method](graph, image, index)
    random = METHODS[method](twin, image, trained.index)
    return Sanity(trained, random, rank_correlation(trained.heat, random.heat))


def rank_correlation(one: Tensor, other: Tensor) -> float:
    """Spearman's: 1 if both heat maps put their cells in the same order, -1 in the opposite one, 0 if one is blank."""
    blank = any((heat == heat.flatten()[0]).all() for heat in (one, other))
    return 0.0 if blank else float(spearmanr(one.flatten().numpy(), other.flatten().numpy()).statistic)
