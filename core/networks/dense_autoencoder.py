"""Dense autoencoders: layers that shrink to the code, and the same layers backwards."""
from collections import OrderedDict
from itertools import pairwise

from torch import Tensor, nn

SIDE = 28
CODES = {"none": nn.Identity, "ReLU": nn.ReLU, "sigmoid": nn.Sigmoid}  # what the numbers of the code pass through


def layers(widths: tuple[int, ...], last: type[nn.Module]) -> OrderedDict[str, nn.Module]:
    """Fully connected layers from width to width, ReLU between them and `last` behind them."""
    found: OrderedDict[str, nn.Module] = OrderedDict()
    for number, (wide, narrow) in enumerate(pairwise(widths), 1):
        found[f"dense{number}"] = nn.Linear(wide, narrow)
        found[f"act{number}"] = (last if number == len(widths) - 1 else nn.ReLU)()
    return found


class DenseAutoencoder(nn.Module):
    """(N, 1, 28, 28) in 0 to 1 -> code (N, D) -> (N, 1, 28, 28).

    Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks".
    """

    def __init__(self, code: int, hidden: tuple[int, ...] = (), activation: str = "none"):
        super().__init__()
        widths = (SIDE * SIDE, *hidden, code)
        self.encoder = nn.Sequential(OrderedDict(flatten=nn.Flatten(), **layers(widths, CODES[activation])))
        self.decoder = nn.Sequential(
            OrderedDict(**layers(widths[::-1], nn.Sigmoid), picture=nn.Unflatten(1, (1, SIDE, SIDE)))
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.decoder(self.encoder(images))
