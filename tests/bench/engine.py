"""Figures of the engine, without a server or a browser."""
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from PIL import Image

from core import answers, images, samples, zoo
from core.trace import trace
from pages.shared import boot
from tests.bench.rows import Row, medians


def photo(tiles: int = 4) -> bytes:
    """A JPEG with as much detail as a phone's: a built-in photo tiled, with a little noise; 4 x 4 tiles have 12 MP."""
    tile = np.asarray(samples.load("coffee").resize((1000, 750)), dtype=np.int16)
    noise = np.random.default_rng(0).integers(-6, 7, (750 * tiles, 1000 * tiles, 3), dtype=np.int16)
    pixels = (np.tile(tile, (tiles, tiles, 1)) + noise).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def measure() -> list[Row]:
    """The cost of keeping every step, and of a large photo, on one core with the memory settings of the app."""
    network = zoo.load("efficientnet_lite0")
    fitted = images.fit(samples.load("cat"), network.preprocessing)
    image = images.to_tensor(fitted, network.preprocessing)
    large = photo()

    def bare() -> None:
        with torch.inference_mode():
            network.model(image[None])

    def whole_way() -> None:
        answers.probabilities(network, images.fit(images.decode(large), network.preprocessing))

    boot.keep_memory()
    torch.set_num_threads(1)
    with ThreadPoolExecutor(1) as gate:
        tasks = {"bare": bare, "trace": lambda: trace(network.graph, image), "photo": whole_way}
        taken = medians(30, **{name: lambda task=task: gate.submit(task).result() for name, task in tasks.items()})
    ms = {name: f"{seconds * 1000:.1f} ms" for name, seconds in taken.items()}
    return [
        Row(
            "full trace of EfficientNet-Lite0 / its bare forward pass",
            taken["trace"] / taken["bare"],
            "×",
            1.15,
            f"{ms['trace']} / {ms['bare']}",
        ),
        Row(
            "12-megapixel JPEG to probabilities",
            taken["photo"] * 1000,
            "ms",
            250,
            f"{len(large) / 1e6:.1f} MB of JPEG",
        ),
    ]
