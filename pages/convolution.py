"""Convolution: a filter slides over the picture, and every number of its map opens."""
from core import arithmetic, kernels, ops
from pages.shared import calculation, convolution_page, shell, tell, unit

LEAD = "A small window slides over the picture. Each place makes one number: products, added up, plus a bias."
hand = shell.open_page("Convolution", LEAD)
source = convolution_page.choose_source()
on_layer = source == unit.LAYER
shown = calculation.layer(hand, "convolution") if on_layer else convolution_page.picture(hand, source)
if shown:
    convolution_page.tell(shown, source)
tell.try_this(
    "Choose **Sobel left**, then **Sobel right**. Where is one blue and the other orange?",
    "Type 1 into every cell of the kernel. What have you made? Divide by how many cells there are (1/9).",
    "Set the stride to 2, then back to 1 and the dilation to 2. Which of them halves the map, and which only takes its "
    "edge away?",
)
tell.show_code(
    ops.patches,
    ops.conv2d,
    arithmetic.Arithmetic.at,
    kernels.preset,
    kernels.resized,
    torch="torch.nn.functional.conv2d(image[None], kernels, bias, stride, padding, dilation)[0]",
)
tell.sources(
    hand,
    "Convolution as a layer that learns: LeCun et al. 1989, Backpropagation applied to handwritten zip code "
    "recognition",
    "Sizes, strides, padding and dilation: Dumoulin and Visin 2016, <https://arxiv.org/abs/1603.07285>",
)
