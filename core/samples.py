"""The built-in pictures: real photos and handwritten digits that come with scikit-image and scikit-learn."""
import gzip
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core import images

DIGITS_TABLE = "datasets/data/digits.csv.gz"
DIGITS_CREDIT = "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (1998), CC BY 4.0"


@dataclass(frozen=True)
class Sample:
    """A picture that is there before anyone uploads one."""

    name: str  # as it stands in a link
    title: str
    credit: str
    package: str
    file: str  # inside the package
    row: int | None = None  # in the table of digits


def _digit(value: int, row: int) -> Sample:
    return Sample(f"digit-{value}", f"A handwritten {value}", DIGITS_CREDIT, "sklearn", DIGITS_TABLE, row)


_ALL = (
    Sample("cat", "Chelsea the cat", "Stéfan van der Walt, CC0", "skimage", "data/chelsea.png"),
    Sample("coffee", "A cup of coffee", "Rachel Michetti, CC0", "skimage", "data/coffee.png"),
    Sample("temple", "A temple by a lake", "danielbuechele, CC BY 2.0", "sklearn", "datasets/images/china.jpg"),
    Sample("motorcycle", "A motorcycle", "Middlebury Stereo 2014", "skimage", "data/motorcycle_left.png"),
    Sample("flower", "A dahlia", "vultilion, CC BY 2.0", "sklearn", "datasets/images/flower.jpg"),
    Sample("rocket", "A rocket before its launch", "SpaceX, public domain", "skimage", "data/rocket.jpg"),
    Sample("astronaut", "Eileen Collins", "NASA, public domain", "skimage", "data/astronaut.png"),
    Sample("camera", "A man with a camera", "Lav Varshney, CC0", "skimage", "data/camera.png"),
    Sample("coins", "Greek coins from Pompeii", "Brooklyn Museum, public domain", "skimage", "data/coins.png"),
    _digit(3, row=318),
    _digit(5, row=1448),
    _digit(8, row=294),
    _digit(2, row=371),
    _digit(0, row=1470),
)
SAMPLES: dict[str, Sample] = {sample.name: sample for sample in _ALL}


def load(name: str) -> Image.Image:
    """The sample as an RGB picture; ValueError if there is no such name or its package lacks the file."""
    if name not in SAMPLES:
        raise ValueError(f"there is no sample {name!r}; choose one of {', '.join(SAMPLES)}")
    sample = SAMPLES[name]
    data = _read(sample)
    return images.decode(data) if sample.row is None else _drawn(data, sample.row)


def _read(sample: Sample) -> bytes:
    """The bytes of its file. The package is only looked up: to import it takes seconds."""
    package = importlib.util.find_spec(sample.package)
    folders = (package.submodule_search_locations if package else None) or []
    for path in (Path(folder) / sample.file for folder in folders):
        if path.is_file():
            return path.read_bytes()
    raise ValueError(f"{sample.title}: {sample.package}/{sample.file} is missing; install the requirements again")


def _drawn(table: bytes, row: int) -> Image.Image:
    """A digit of 8 x 8 cells, 0 to 16 of ink, as black ink on white paper: 112 x 112, with MNIST's margins."""
    cells = np.loadtxt(gzip.decompress(table).decode().splitlines()[row : row + 1], delimiter=",")[:64].reshape(8, 8)
    paper = np.pad((255 * (1 - cells / 16)).round().astype(np.uint8), 1, constant_values=255)  # so that edges are soft
    picture = Image.new("L", (112, 112), 255)
    picture.paste(Image.fromarray(paper).resize((100, 100), Image.Resampling.BICUBIC), (6, 6))
    return picture.convert("RGB")
