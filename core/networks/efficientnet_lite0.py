"""EfficientNet-Lite0: 1,000 everyday classes, made of inverted bottlenecks without squeeze-and-excitation."""
from collections import OrderedDict

from torch import Tensor, nn

# (repeats, kernel size, stride of the first, expansion, channels) of each stage
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def conv_norm(channels: int, filters: int, size: int = 1, stride: int = 1, groups: int = 1, relu: bool = True):
    """Convolution, batch norm and (unless told otherwise) ReLU6: (C, H, W) -> (K, H/stride, W/stride).

    TensorFlow's "same" padding puts the odd cell right and below; with stride 2 that is a step of its own.
    """
    layers = OrderedDict()
    if stride > 1:
        before, after = (size - 2) // 2, (size - 1) // 2
        layers["pad"] = nn.ZeroPad2d((before, after, before, after))
    padding = size // 2 if stride == 1 else 0
    layers["conv"] = nn.Conv2d(channels, filters, size, stride, padding, groups=groups, bias=False)
    layers["norm"] = nn.BatchNorm2d(filters, eps=1e-3)
    if relu:
        layers["relu"] = nn.ReLU6()
    return nn.Sequential(layers)


class Block(nn.Module):
    """Inverted bottleneck: widen, look around channel by channel, narrow; add the input where the shape allows.

    Sandler et al. 2018, https://arxiv.org/abs/1801.04381
    """

    def __init__(self, channels: int, filters: int, size: int, stride: int, expansion: int):
        super().__init__()
        wide = channels * expansion
        self.expand = conv_norm(channels, wide) if expansion > 1 else None
        self.depthwise = conv_norm(wide, wide, size, stride, groups=wide)
        self.project = conv_norm(wide, filters, relu=False)
        self.shortcut = stride == 1 and channels == filters

    def forward(self, maps: Tensor) -> Tensor:
        wide = maps if self.expand is None else self.expand(maps)
        narrow = self.project(self.depthwise(wide))
        return maps + narrow if self.shortcut else narrow


class EfficientNetLite0(nn.Module):
    """Stem, 16 blocks, head, average and one fully connected layer: (N, 3, 224, 224) -> (N, 1000) logits.

    Tan and Le 2019, https://arxiv.org/abs/1905.11946; the Lite variant drops squeeze-and-excitation and uses ReLU6.
    """

    def __init__(self, classes: int = 1000):
        super().__init__()
        self.stem = conv_norm(3, 32, 3, stride=2)
        blocks, channels = [], 32
        for repeats, size, stride, expansion, filters in STAGES:
            for index in range(repeats):
                blocks.append(Block(channels, filters, size, stride if index == 0 else 1, expansion))
                channels = filters
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(channels, 1280)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(1280, classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.head(self.blocks(self.stem(images)))
        return self.dense(self.flatten(self.pool(maps)))


def _published_name(name: str) -> str:
    """Our name of a tensor -> its name in the published state dict."""
    first, _, rest = name.partition(".")
    part, _, leaf = rest.rpartition(".")
    if first == "dense":
        return f"_fc.{rest}"
    ends = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    if first in ends:
        return f"{ends[first][part == 'norm']}.{leaf}"
    index, unit, layer = part.split(".")
    norm = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}[unit]
    return f"_blocks.{index}.{f'_{unit}_conv' if layer == 'conv' else norm}.{leaf}"


def from_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The published weights under the names used here."""
    return {name: state[_published_name(name)] for name in EfficientNetLite0().state_dict()}
