"""The pictures that our own networks learn from, read from a folder on this machine."""
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

CIFAR10_LABELS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DIGIT_LABELS = tuple("0123456789")


@dataclass(frozen=True)
class Split:
    """Pictures with their answers."""

    images: Tensor  # (N, C, H, W) uint8
    labels: Tensor  # (N,) int64

    def __len__(self) -> int:
        return len(self.labels)


@contextmanager
def _file(folder: Path, name: str) -> Iterator[Path]:
    """The file to be read; ValueError if it is missing, damaged or something else."""
    path = Path(folder) / name
    if not path.is_file():
        raise ValueError(f"{folder} has no {name}; give the folder that holds it")
    try:
        yield path
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged or holds something else; put the right file there") from error


def mnist(folder: Path, part: str) -> Split:
    """60,000 ("train") or 10,000 ("test") handwritten digits, (N, 1, 28, 28); LeCun et al. 1998."""
    with _file(folder, "mnist.npz") as path, np.load(path) as arrays:
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        return Split(torch.from_numpy(images)[:, None], torch.from_numpy(labels).long())


def cifar10(folder: Path, part: str) -> Split:
    """50,000 ("train") or 10,000 ("test") small photos, (N, 3, 32, 32), from part/label/number.jpg; Krizhevsky 2009."""
    images, labels = [], []
    with _file(folder, "cifar10-jpeg.zip") as path, zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(f"{part}/") and name.endswith(".jpg"):
                images.append(np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")))
                labels.append(CIFAR10_LABELS.index(name.split("/")[1]))
        return Split(torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels))


DATASETS = {"mnist": mnist, "cifar10": cifar10}
