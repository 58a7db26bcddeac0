"""From a picture to an answer: probabilities, the best few, and a plain word for how sure the network is."""
from dataclasses import dataclass

import torch
from torch import Tensor

from core.images import Fitted, to_tensor
from core.zoo import Network

# at least this probability for the best class -> the word; the page's tooltip quotes it
CERTAINTY = {0.9: "sure", 0.6: "fairly sure", 0.3: "unsure", 0.0: "guessing"}


@dataclass(frozen=True)
class Prediction:
    """One class and what the network gives it."""

    label: str
    index: int
    probability: float  # 0 to 1; all classes add up to 1


def probabilities(network: Network, fitted: Fitted) -> Tensor:
    """Softmax of the logits, (classes,)."""
    image = to_tensor(fitted, network.preprocessing)[None]
    with torch.inference_mode():
        logits = network.model(image.to(memory_format=torch.channels_last))[0]
    return logits.softmax(dim=0)


def best(network: Network, chances: Tensor, count: int = 5) -> list[Prediction]:
    """The `count` most probable classes, best first."""
    values, indices = chances.topk(min(count, len(chances)))
    pairs = zip(values.tolist(), indices.tolist(), strict=True)
    return [Prediction(network.labels[index], index, value) for value, index in pairs]


def certainty(probability: float) -> str:
    """A plain word for the probability of the best class."""
    return next(word for least, word in CERTAINTY.items() if probability >= least)
