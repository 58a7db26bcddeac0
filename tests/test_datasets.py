"""Datasets, read from small files that the test makes."""
import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from core.datasets import CIFAR10_LABELS, DATASETS, cifar10, mnist

FILES = {"mnist": "mnist.npz", "cifar10": "cifar10-jpeg.zip"}


def jpeg(colour):
    file = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(file, "JPEG", quality=95)
    return file.getvalue()


def test_mnist_keeps_pictures_and_answers_together(tmp_path):
    digits = np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28)
    train, test = dict(train_images=digits[:2], train_labels=[5, 0]), dict(test_images=digits[2:], test_labels=[9])
    np.savez_compressed(tmp_path / "mnist.npz", **train, **test)
    train, test = mnist(tmp_path, "train"), mnist(tmp_path, "test")
    assert (len(train), train.images.shape, train.labels.tolist()) == (2, (2, 1, 28, 28), [5, 0])
    assert (train.images.dtype, train.labels.dtype) == (torch.uint8, torch.int64)
    np.testing.assert_array_equal(test.images[0, 0], digits[2])
    assert test.labels.tolist() == [9]


def test_cifar10_takes_the_answer_from_the_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "cifar10-jpeg.zip", "w") as archive:
        for name, colour in {"train/ship/0": "red", "train/cat/1": "lime", "test/dog/0": "blue"}.items():
            archive.writestr(f"{name}.jpg", jpeg(colour))
        archive.writestr("train/about.txt", "not a picture")
    train = cifar10(tmp_path, "train")
    assert [CIFAR10_LABELS[label] for label in train.labels] == ["cat", "ship"]
    assert (train.images.shape, train.images.dtype) == ((2, 3, 32, 32), torch.uint8)
    red, green, blue = train.images[1].float().mean((1, 2)).tolist()
    assert red > 250
    assert max(green, blue) < 5
    assert len(cifar10(tmp_path, "test")) == 1


@pytest.mark.parametrize("name", DATASETS)
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(ValueError, match=f"has no {FILES[name]}; give the folder that holds it"):
        DATASETS[name](tmp_path, "test")


@pytest.mark.parametrize("content", [b"", b"a text", b"PK\x05\x06" + bytes(18)], ids=["empty", "text", "no files"])
@pytest.mark.parametrize("name", DATASETS)
def test_a_file_that_holds_something_else_is_named(tmp_path, name, content):
    (tmp_path / FILES[name]).write_bytes(content)
    with pytest.raises(ValueError, match=f"{FILES[name]} is damaged or holds something else"):
        DATASETS[name](tmp_path, "test")
