"""What a file is, by its first bytes: a picture that one decoder may read, or something that can be named."""
import re

# first bytes -> the one decoder that may read the rest; HEIC and AVIF may stand anywhere in the list of brands
DECODERS = {
    rb"\xff\xd8\xff": "JPEG",
    rb"\x89PNG\r\n\x1a\n": "PNG",
    rb"RIFF....WEBP": "WEBP",
    rb"....ftyp(....){0,12}?avi[fs]": "AVIF",
    rb"....ftyp(....){0,12}?(hei[cmsx]|hev[cmsx]|mif1|msf1)": "HEIF",
    rb"GIF8[79]a": "GIF",
    rb"BM.{12}[\x0c-\x7c]\0\0\0": "BMP",
    rb"II[*+]\0|MM\0[*+]": "TIFF",
}
STRANGERS = {
    rb"\Z": "The file is empty; choose one that has finished saving or downloading.",
    rb".{0,1000}%PDF-": "This is a PDF; save the page as PNG or JPEG.",
    rb"\s*<(!doctype )?html": "This is a web page; save the picture you see on it as PNG or JPEG.",
    rb".{0,1000}<svg": "This is an SVG drawing; export it as PNG.",
    rb"8BPS|\0\0\0\x0c(jP|JXL) |\xff\x0a|\0\0[\x01\x02]\0|%!PS": (
        "This is a kind of picture that cannot be read here; save it as PNG or JPEG."
    ),
    rb"[\t-\r -~\xc2-\xf4][^\0-\x08\x0e-\x1f]*\Z": "This is text; choose a photo, such as a JPEG, PNG, WebP or HEIC.",
    rb"....(ftyp|moov|mdat|wide|free)|\x1aE\xdf\xa3|RIFF....(AVI |WAVE)|OggS|\0\0\x01[\xb3\xba]|ID3|fLaC": (
        "This is a video or a sound recording; take a screenshot of the moment you mean."
    ),
    rb"PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|\x1f\x8b": (
        "This is an archive or an office document; unpack it and choose one of its pictures."
    ),
    rb"": "This is not a picture; choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, BMP or TIFF.",
}


class ImageError(ValueError):
    """A file that can't be used; the message is one sentence for the person who chose it."""


def kind_of(head: bytes) -> str:
    """Which decoder may read a file that starts like this (1,024 bytes are enough); ImageError if none may."""
    for start, kind in DECODERS.items():
        if re.match(start, head, re.DOTALL):
            return kind
    flags = re.DOTALL | re.IGNORECASE
    raise ImageError(next(sentence for start, sentence in STRANGERS.items() if re.match(start, head, flags)))
