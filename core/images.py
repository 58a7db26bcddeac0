"""From the bytes of a file to a safe RGB picture, and from a picture to the numbers a network is fed."""
import hashlib
import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pillow_heif
import torch
from PIL import ExifTags, Image, ImageChops, ImageCms
from torch import Tensor

from core.formats import ImageError, kind_of

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50 * 2**20  # a "50 megapixel" phone makes up to 50.4 million
MAX_SCANS = 100  # passes over one JPEG: a photo has 1 to 12, a few thousand would keep a processor busy for an hour
WORKING_PIXELS = 2**20
TOO_HEAVY = f"This file has more than {MAX_BYTES >> 20} MB; make the picture smaller or save it as JPEG."
TOO_LARGE = f"This picture has more than {MAX_PIXELS >> 20} megapixels; make it smaller and choose it again."

TURNS = {  # EXIF orientation -> what makes the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# what the decoders raise for bad bytes; a Warning arrives here only where warnings are made errors
BAD_BYTES = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, RuntimeError)
BAD_BYTES += (MemoryError, Warning, struct.error, zlib.error, ImageCms.PyCMSError)
pillow_heif.register_heif_opener()


def decode(data: bytes) -> Image.Image:
    """The picture in a file: RGB in sRGB, upright, on white, at most WORKING_PIXELS; ImageError if there is none."""
    if len(data) > MAX_BYTES:
        raise ImageError(TOO_HEAVY)
    kind = kind_of(data[:1024])
    try:
        picture = _opened(data, kind)
        turn, profile = TURNS.get(_orientation(picture)), picture.info.get("icc_profile")
        picture = _on_white(_in_srgb(_shrunk(_smooth(picture)), profile))
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(TOO_LARGE) from error
    except BAD_BYTES as error:
        raise ImageError(f"This {kind} file is damaged or incomplete; save it again as PNG or JPEG.") from error
    upright = picture if turn is None else picture.transpose(turn)
    upright.info.clear()  # where and when a photo was taken is nobody's business
    return upright


def _opened(data: bytes, kind: str) -> Image.Image:
    """The first frame, decoded; a JPEG at a half, quarter or eighth of its size where that is enough."""
    if kind == "JPEG" and len(re.findall(rb"\xff\xda\0[\x08\x0a\x0c\x0e][\x01-\x04]", data)) > MAX_SCANS:
        raise ImageError("This JPEG would take too long to read; open it in another program and save it again.")
    picture = Image.open(io.BytesIO(data), formats=[kind])
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageError(TOO_LARGE)
    if picture.info.get("compression") in ("group3", "group4", "tiff_ccitt"):  # libtiff logs every bad line of these
        raise ImageError("This TIFF is a fax; save it as PNG.")
    if kind == "JPEG":
        picture.draft(None, tuple(int(0.8 * side) for side in _working_size(*picture.size)))  # near enough, and quick
    picture.load()
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(ExifTags.Base.Orientation, 1)
    except BAD_BYTES:
        return 1  # a picture can be shown without its metadata


def _working_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, (WORKING_PIXELS / (width * height)) ** 0.5)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    return min(width, WORKING_PIXELS), min(height, WORKING_PIXELS)  # where a side of one pixel was kept


def _smooth(picture: Image.Image) -> Image.Image:
    """In a mode whose pixels may be averaged: no palette, no colour that means transparent, no bits, no NaN."""
    if picture.mode[0] in "IF":
        return _stretched(np.asarray(picture))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    plain = {"P": "RGB", "1": "L"}.get(picture.mode)
    return picture.convert(plain) if plain else picture


def _stretched(values: np.ndarray) -> Image.Image:
    """Deep greys (H, W): 16 bits, floats within 0 to 1, or all there is between the extremes, as mode F, 0 to 255."""
    grey = values.astype(np.float32)
    known = np.isfinite(grey)
    low, high = float(grey.min(where=known, initial=np.inf)), float(grey.max(where=known, initial=-np.inf))
    grey[~known] = low = low if known.any() else 0.0
    if values.dtype.itemsize == 2:
        low, high = 0.0, 65535.0
    elif values.dtype.kind == "f" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    scale = 255 / (high - low or 1)
    grey *= scale
    grey += 0.5 - low * scale  # the half, because bytes are made by cutting off decimals
    return Image.fromarray(grey)


def _shrunk(picture: Image.Image) -> Image.Image:
    size = _working_size(*picture.size)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.HAMMING, reducing_gap=1.5)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Converted from its ICC profile; a profile that is broken or meant for another mode is ignored."""
    if not profile:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def digest(data: bytes) -> str:
    """32 hexadecimal digits that stand for these bytes (BLAKE2b): the key under which a cache keeps them."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def to_jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """The picture as a JPEG file, as browsers are sent it; from a quality of 90 on with all of its colours."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:4:4" if quality >= 90 else "4:2:0")
    return file.getvalue()


def thumbnail(picture: Image.Image, side: int) -> Image.Image:
    """The central square of the picture, side x side pixels."""
    return picture.resize((side, side), Image.Resampling.BICUBIC, _central(picture.size, 1.0), reducing_gap=2.0)


Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Preprocessing:
    """What a network is fed: size x size pixels, each (x - mean) / std with x from 0 to 255."""

    size: int
    channels: int  # 3: RGB, 1: grey
    crop: float  # the share of the short side that the fit "centre" shows, above 0 to 1
    mean: tuple[float, ...]  # (C,)
    std: tuple[float, ...]  # (C,)
    ink: bool = False  # grey made white ink on black, as in MNIST


@dataclass(frozen=True)
class Fitted:
    """The square a network sees, and which part of the picture it shows."""

    picture: Image.Image  # size x size, RGB or L
    box: Box  # in the picture it was cut from, beyond its edges where the square is padded


def _central(size: tuple[int, int], share: float) -> Box:
    side = share * min(size)
    left, top = ((length - side) / 2 for length in size)
    return left, top, left + side, top + side


def _whole(size: tuple[int, int]) -> Box:
    left, top = ((length - max(size)) // 2 for length in size)
    return left, top, left + max(size), top + max(size)


# name -> (width and height of the picture, crop) -> the square that is shown
FITS: dict[str, Callable[[tuple[int, int], float], Box]] = {
    "centre": _central,
    "square": lambda size, crop: _central(size, 1.0),
    "whole": lambda size, crop: _whole(size),
}


def fit(picture: Image.Image, preprocessing: Preprocessing, mode: str = "centre") -> Fitted:
    """The square of an RGB picture that FITS[mode] chooses, resized bicubically; ValueError for another mode."""
    if mode not in FITS:
        raise ValueError(f"there is no fit {mode!r}; choose one of {', '.join(FITS)}")
    box = FITS[mode](picture.size, preprocessing.crop)
    shown, ink = box, preprocessing.ink
    if preprocessing.channels == 1:
        picture = picture.convert("L")
    if min(box) < 0:
        picture = _padded(picture, int(np.median(_border(picture))) if ink else 127)
        shown = (0, 0, *picture.size)
    square = picture.resize((preprocessing.size, preprocessing.size), Image.Resampling.BICUBIC, shown)
    return Fitted(_inked(square) if ink else square, box)


def _padded(picture: Image.Image, grey: int) -> Image.Image:
    """In the middle of a grey square, which stays small however long the picture is."""
    picture = picture.copy()
    picture.thumbnail((2048, 2048))
    left, top, right, bottom = _whole(picture.size)
    canvas = Image.new(picture.mode, (right - left, bottom - top), (grey,) * len(picture.getbands()))
    canvas.paste(picture, (-left, -top))
    return canvas


def _border(picture: Image.Image) -> np.ndarray:
    """The outermost greys, which are paper where a digit stands in the middle."""
    grey = np.asarray(picture)
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def _inked(square: Image.Image) -> Image.Image:
    """White ink on black: turned over if the border is the brighter part, the border's shadows and noise made black."""
    dark, bright = np.percentile(square, (0.5, 99.5))
    if np.median(_border(square)) > (dark + bright) / 2:
        square, dark, bright = ImageChops.invert(square), 255 - bright, 255 - dark
    black = min(np.percentile(_border(square), 90), (dark + bright) / 2)
    grey = (np.asarray(square) - black) * (255 / max(bright - black, 32))  # an empty page stays empty
    return Image.fromarray(grey.round().clip(0, 255).astype(np.uint8))


def to_tensor(fitted: Fitted, preprocessing: Preprocessing) -> Tensor:
    """(x - mean) / std per channel with x from 0 to 255: (C, H, W) float32."""
    side, channels = preprocessing.size, preprocessing.channels
    pixels = torch.from_numpy(np.array(fitted.picture, dtype=np.float32)).view(side, side, channels)
    normalised = (pixels - torch.tensor(preprocessing.mean)) / torch.tensor(preprocessing.std)
    return normalised.permute(2, 0, 1).contiguous()


def to_array(tensor: Tensor, preprocessing: Preprocessing) -> np.ndarray:
    """The way back, x * std + mean, rounded and clipped: (C, H, W) -> (H, W, C) uint8."""
    pixels = tensor.detach().permute(1, 2, 0) * torch.tensor(preprocessing.std) + torch.tensor(preprocessing.mean)
    return pixels.round().clamp(0, 255).to(torch.uint8).numpy()
