"""Files in memory that a visitor may choose by accident or on purpose: every format, lies, bombs and other things."""
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 60), (40, 60, 200), (230, 210, 50)
pillow_heif.register_heif_opener()


def quarters(width: int = 48, height: int = 32) -> Image.Image:
    """Red and green above blue and yellow: no two of its sides can be mistaken."""
    tiny = Image.fromarray(np.array([[RED, GREEN], [BLUE, YELLOW]], dtype=np.uint8))
    return tiny.resize((width, height), Image.Resampling.NEAREST)


def save(picture: Image.Image, kind: str, **options) -> bytes:
    """The bytes of a file as Pillow writes it."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def tiff(values: np.ndarray, **options) -> bytes:
    """The bytes of a TIFF of any depth."""
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


def png(width: int, height: int, depth: int, colour: int, raw: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG whose header, pixels (rows with their filter bytes) and further chunks need not agree."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def deep_png(colour: int, *samples: int) -> bytes:
    """One pixel of 16 bits per sample."""
    return png(1, 1, 16, colour, b"\0" + struct.pack(f">{len(samples)}H", *samples))


def formats() -> dict[str, bytes]:
    """The quarters in everything that can be read."""
    picture, later = quarters(), Image.new("RGB", (48, 32))
    film = {"save_all": True, "append_images": [later], "duration": 100}
    return {
        "JPEG": save(picture, "JPEG", quality=95),
        "progressive JPEG": save(picture, "JPEG", quality=95, progressive=True),
        "CMYK JPEG": save(picture.convert("CMYK"), "JPEG", quality=95),
        "MPO": save(picture, "MPO", quality=95, save_all=True, append_images=[later]),
        "PNG": save(picture, "PNG"),
        "palette PNG": save(picture.quantize(4), "PNG"),
        "APNG": save(picture, "PNG", **film),
        "WebP": save(picture, "WEBP", quality=95),
        "lossless WebP": save(picture, "WEBP", lossless=True),
        "animated WebP": save(picture, "WEBP", quality=95, **film),
        "AVIF": save(picture, "AVIF", quality=95),
        "HEIC": save(picture, "HEIF", quality=95),
        "GIF": save(picture, "GIF"),
        "animated GIF": save(picture, "GIF", **film),
        "BMP": save(picture, "BMP"),
        "palette BMP": save(picture.quantize(4), "BMP"),
        **tiffs(picture),
    }


def tiffs(picture: Image.Image) -> dict[str, bytes]:
    """A picture in the many ways of TIFF."""
    return {
        "TIFF": save(picture, "TIFF"),
        "LZW TIFF": save(picture, "TIFF", compression="tiff_lzw"),
        "JPEG TIFF": save(picture, "TIFF", compression="jpeg", quality=95),
        "YCbCr TIFF": save(picture.convert("YCbCr"), "TIFF"),
        "LAB TIFF": save(picture.convert("LAB"), "TIFF"),
        "CMYK TIFF": save(picture.convert("CMYK"), "TIFF"),
        "planar TIFF": tiff(np.moveaxis(np.asarray(picture), 2, 0), photometric="rgb", planarconfig="separate"),
        "16-bit RGB TIFF": tiff(np.asarray(picture).astype(np.uint16) * 257, photometric="rgb"),
    }


def see_through() -> dict[str, bytes]:
    """Two pixels each: black that covers, and black that is transparent."""
    both = Image.fromarray(np.array([[[0, 0, 0, 255], [0, 0, 0, 0]]], dtype=np.uint8))
    palette, keyed = Image.new("P", (2, 1)), Image.fromarray(np.array([[0, 9]], dtype=np.uint8))
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.putpixel((1, 0), 1)
    return {
        "RGBA PNG": save(both, "PNG"),
        "LA PNG": save(both.convert("LA"), "PNG"),
        "palette PNG": save(palette, "PNG", transparency=1),
        "palette PNG with alphas": save(palette, "PNG", transparency=b"\xff\x00"),
        "grey PNG with a key": save(keyed, "PNG", transparency=9),
        "RGB PNG with a key": save(keyed.convert("RGB"), "PNG", transparency=(9, 9, 9)),
        "GIF": save(palette, "GIF", transparency=1),
        "WebP": save(both, "WEBP", lossless=True, exact=True),
        "RGBA TIFF": save(both, "TIFF"),
        "premultiplied TIFF": tiff(np.asarray(both), photometric="rgb", extrasamples=["assocalpha"]),
        "AVIF": save(both.resize((64, 32), Image.Resampling.NEAREST), "AVIF", quality=100),
        "HEIC": save(both.resize((64, 32), Image.Resampling.NEAREST), "HEIF", quality=100),
    }


def as_camera_stores(picture: Image.Image, orientation: int) -> Image.Image:
    """What lies in the file when EXIF says which sides of the scene its first row and first column are."""
    pixels = np.asarray(picture)
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 6, 7):
        pixels = pixels[::-1]
    if orientation in (2, 3, 7, 8):
        pixels = pixels[:, ::-1]
    return Image.fromarray(np.ascontiguousarray(pixels))


def turned(kind: str, orientation: int) -> bytes:
    """The quarters as a camera stores them, with the tag that says how it was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(as_camera_stores(quarters(), orientation), kind, exif=exif.tobytes(), quality=95)


def swapped_profile() -> bytes:
    """An ICC profile of a device whose red is sRGB's blue."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"?XYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)


def cmyk_profile() -> bytes:
    """A profile that claims to be for ink, and can't be."""
    return swapped_profile().replace(b"RGB ", b"CMYK", 1)


def lying(kind: str, factor: float) -> bytes:
    """Random pixels, which don't compress, under a header that gives `factor` times their width and height."""
    pixels = np.random.default_rng(0).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    size = int(48 * factor), int(32 * factor)
    if kind == "PNG":
        return png(*size, 8, 2, b"".join(b"\0" + row.tobytes() for row in pixels))
    data = save(Image.fromarray(pixels), kind)
    if kind == "TIFF":  # width, height and rows per strip, tags of one number each
        for tag, old, new in ((256, 48, size[0]), (257, 32, size[1]), (278, 32, size[1])):
            data = data.replace(struct.pack("<HHIH", tag, 4, 1, old), struct.pack("<HHIH", tag, 4, 1, new))
        return data
    layout = {"BMP": "<ii", "GIF": "<HH"}[kind]
    true = struct.pack(layout, 48, 32)
    return data.replace(true, struct.pack(layout, *size))


def bomb(width: int, height: int) -> bytes:
    """A small PNG that unpacks to all these pixels."""
    return png(width, height, 1, 0, bytes((width // 8 + 1) * height))


def huge_text() -> bytes:
    """A PNG with a comment that unpacks to 100 MB."""
    return png(1, 1, 8, 0, b"\0\0", (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9)))


def huge_profile() -> bytes:
    """A PNG with a colour profile that unpacks to 100 MB."""
    return png(1, 1, 8, 0, b"\0\0", (b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(100_000_000), 9)))


def many_scans(count: int = 5000) -> bytes:
    """A progressive JPEG that passes over its picture again and again."""
    data = save(quarters(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def zipped() -> bytes:
    """An archive with a photo inside."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", save(quarters(), "JPEG"))
    return file.getvalue()


STRANGERS = {  # what it is -> (its bytes, what the sentence says of it)
    "nothing": (b"", "empty"),
    "text": ("Grüße aus der Küche\n".encode(), "text"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "SVG with a prologue": (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- drawn -->\n<svg>", "SVG"),
    "web page": (b"<!DOCTYPE html><html><body><svg></svg>", "web page"),
    "MP4": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(40), "video"),
    "MOV": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(40), "video"),
    "old MOV": (b"\0\0\0\x08wide\0\0\x10\0mdat" + bytes(40), "video"),
    "WebM": (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01" + bytes(40), "video"),
    "sound": (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "sound"),
    "zip": (zipped(), "archive"),
    "JPEG 2000": (save(quarters(), "JPEG2000"), "kind of picture"),
    "icon": (save(quarters(), "ICO"), "kind of picture"),
    "PCX": (save(quarters(), "PCX"), "not a picture"),
    "fax": (save(Image.new("1", (16, 16)), "TIFF", compression="group4"), "fax"),
    "zeros": (bytes(100), "not a picture"),
    "the beginning of a PNG": (b"\x89PN", "not a picture"),
}


def cuts(data: bytes, count: int = 16) -> Iterator[bytes]:
    """The first part of a file, in many lengths."""
    return (data[: len(data) * part // count] for part in range(count))


def flips(data: bytes, seed: str, count: int) -> Iterator[bytes]:
    """Copies of a file with one to eight bytes changed, most of them in its header."""
    dice = random.Random(seed)
    for _ in range(count):
        broken = bytearray(data)
        for _ in range(dice.choice((1, 2, 8))):
            broken[dice.randrange(dice.choice((len(data), min(len(data), 120))))] = dice.choice((0, 1, 127, 128, 255))
        yield bytes(broken)
