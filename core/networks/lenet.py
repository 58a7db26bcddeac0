"""LeNet: ten digits with two convolution modules and two fully connected layers."""
from torch import Tensor, nn


class Module(nn.Module):
    """Convolution, ReLU, max pooling: (C, H, W) -> (K, H', W'), half as large."""

    def __init__(self, channels: int, filters: int, padding: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, 5, padding=padding)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, maps: Tensor) -> Tensor:
        return self.pool(self.relu(self.conv(maps)))


class LeNet(nn.Module):
    """Two modules and two fully connected layers: (N, 1, 28, 28) -> (N, 10) logits.

    After LeCun et al. 1998, "Gradient-based learning applied to document recognition", with ReLU and max pooling.
    """

    def __init__(self, classes: int = 10):
        super().__init__()
        self.module1 = Module(1, 8, padding=2)
        self.module2 = Module(8, 16, padding=0)
        self.flatten = nn.Flatten()
        self.dense1 = nn.Linear(16 * 5 * 5, 64)
        self.relu = nn.ReLU()
        self.dense2 = nn.Linear(64, classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.module2(self.module1(images))
        return self.dense2(self.relu(self.dense1(self.flatten(maps))))
