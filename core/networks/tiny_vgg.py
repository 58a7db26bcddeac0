"""Tiny VGG: the network small enough to open every number, and good enough to be worth it."""
from torch import Tensor, nn


class Module(nn.Module):
    """Convolution, ReLU, convolution, ReLU, max pooling: (C, H, W) -> (K, H/2, W/2)."""

    def __init__(self, channels: int, filters: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, padding=1)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, maps: Tensor) -> Tensor:
        maps = self.relu1(self.conv1(maps))
        return self.pool(self.relu2(self.conv2(maps)))


class TinyVGG(nn.Module):
    """Three modules and one fully connected layer: (N, 3, 32, 32) -> (N, 10) logits.

    Only 3x3 kernels, twice the filters after each pooling: Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556
    """

    def __init__(self, filters: tuple[int, ...] = (16, 32, 64), classes: int = 10):
        super().__init__()
        self.module1 = Module(3, filters[0])
        self.module2 = Module(filters[0], filters[1])
        self.module3 = Module(filters[1], filters[2])
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(filters[2] * 4 * 4, classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.module3(self.module2(self.module1(images)))
        return self.dense(self.flatten(maps))
