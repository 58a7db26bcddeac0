"""Network: the whole network at work on the photo; any block and any layer opens."""

from core import anatomy, overview, trace
from pages.shared import layer_page, network_page, shell, tell

hand = shell.open_page("Inside the network", "Every layer at work on your picture.")
layer = network_page.choose(hand)
if layer.step:
    layer_page.show(hand, layer)
else:
    network_page.show(hand, layer)
tell.try_this(
    "Point at a map of the second layer: the lines lead to the maps that it hears.",
    "Switch between **trained** and **untrained**. Which maps look as if they had learned something?",
    "Open a late layer and move over a map: how much of the photo does one cell see?",
)
tell.show_code(
    trace.trace,
    overview.strongest,
    anatomy.multiply_adds,
    torch="for name, layer in model.named_children():\n    x = layer(x)\n    print(name, tuple(x.shape[1:]))",
)
tell.sources(
    hand,
    "Convolution, ReLU and pooling as one network: LeCun et al. 1998, Gradient-based learning applied to document "
    "recognition",
    "What a unit sees: Araujo et al. 2019, <https://distill.pub/2019/computing-receptive-fields>",
)
