import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
import torch
from PIL import Image, ImageFile

from core import images
from core.images import FITS, MAX_BYTES, WORKING_PIXELS, Fitted, ImageError, Preprocessing, decode, fit
from tests import hostile
from tests.hostile import BLUE, GREEN, RED, STRANGERS, YELLOW, deep_png, save, tiff

FILES = hostile.formats()
SEE_THROUGH = hostile.see_through()
PHOTO = Preprocessing(size=32, channels=3, crop=0.875, mean=(127.0,) * 3, std=(128.0,) * 3)
DIGIT = Preprocessing(size=28, channels=1, crop=1.0, mean=(0.0,), std=(255.0,), ink=True)


def sentence(data: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data)
    return str(caught.value)


def survives(data: bytes) -> None:
    """A picture or an ImageError; anything else fails the test that called."""
    with suppress(ImageError):
        assert decode(data).mode == "RGB"


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of its four quarters."""
    width, height = picture.size
    return [picture.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def levels(data: bytes) -> list[int]:
    """The greys of the first row."""
    return np.asarray(decode(data))[0, :, 1].tolist()


def blob(paper: int, ink: int, side: int = 28) -> Image.Image:
    """A round zero of ink in the middle of paper."""
    y, x = np.mgrid[:side, :side] / (side - 1) - 0.5
    ring = np.abs(np.hypot(x, y) - 0.25) < 0.07
    return Image.fromarray(np.where(ring, ink, paper).astype(np.uint8)).convert("RGB")


# ---- what can be read


@pytest.mark.parametrize("name", FILES)
def test_every_format_shows_its_colours_in_their_places(name):
    picture = decode(FILES[name])
    assert (picture.mode, picture.size) == ("RGB", (48, 32))
    np.testing.assert_allclose(corners(picture), [RED, GREEN, BLUE, YELLOW], atol=8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_picture_is_turned_upright_by_its_exif_tag(kind, orientation):
    picture = decode(hostile.turned(kind, orientation))
    assert picture.size == (48, 32)
    np.testing.assert_allclose(corners(picture), [RED, GREEN, BLUE, YELLOW], atol=6)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_nothing_but_the_pixels_is_kept(kind, orientation):
    picture = decode(hostile.turned(kind, orientation))
    assert picture.info == dict(picture.getexif()) == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"junk", b"II*\0"])
def test_damaged_metadata_does_not_cost_the_picture(exif, kind):
    assert decode(save(hostile.quarters(), kind, exif=b"Exif\0\0" + exif)).size == (48, 32)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_colours_are_converted_from_the_profile_of_the_file(kind):
    red = Image.new("RGB", (64, 64), (250, 0, 0))
    shown = decode(save(red, kind, icc_profile=hostile.swapped_profile(), quality=95)).getpixel((32, 32))
    np.testing.assert_allclose(shown, (0, 0, 250), atol=6)


def test_a_profile_applies_to_what_shows_through_too():
    half = Image.new("RGBA", (1, 1), (255, 0, 0, 128))
    assert decode(save(half, "PNG", icc_profile=hostile.swapped_profile())).getpixel((0, 0)) == (127, 127, 255)


@pytest.mark.parametrize("profile", [b"junk", hostile.swapped_profile()[:200], hostile.cmyk_profile()])
def test_a_profile_that_makes_no_sense_is_ignored(profile):
    assert decode(save(Image.new("RGB", (1, 1), RED), "PNG", icc_profile=profile)).getpixel((0, 0)) == RED


@pytest.mark.parametrize("name", SEE_THROUGH)
def test_what_is_transparent_is_white(name):
    row = np.asarray(decode(SEE_THROUGH[name]))[0]
    np.testing.assert_allclose(row[[0, -1]], [[0, 0, 0], [255, 255, 255]], atol=3)


def test_half_transparent_black_is_grey():
    assert levels(save(Image.new("RGBA", (1, 1), (0, 0, 0, 128)), "PNG")) == [127]


@pytest.mark.parametrize("order", ["<u2", ">u2"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_and_not_clipped(kind, order):
    deep = np.array([[0, 257 * 100, 257 * 100 + 129, 65535]], dtype=order)
    data = save(Image.fromarray(deep.astype(np.uint16)), "PNG") if kind == "PNG" else tiff(deep, byteorder=order[0])
    assert levels(data) == [0, 100, 101, 255]


@pytest.mark.parametrize(
    ("data", "pixel"),
    [
        (deep_png(0, 257 * 100), (100, 100, 100)),
        (deep_png(2, 257 * 100, 0, 65535), (100, 0, 255)),
        (deep_png(4, 257 * 100, 65535), (100, 100, 100)),
        (deep_png(6, 257 * 100, 0, 65535, 65535), (100, 0, 255)),
        (deep_png(6, 0, 0, 0, 0), (255, 255, 255)),
    ],
)
def test_16_bits_of_colour_or_transparency_are_scaled(data, pixel):
    assert decode(data).getpixel((0, 0)) == pixel


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[-5, 0, 5]], dtype=np.int32), [0, 128, 255]),
        (np.array([[7, 7]], dtype=np.int32), [0, 0]),
        (np.array([[0.0, 0.2, 1.0]], dtype=np.float32), [0, 51, 255]),
        (np.array([[0.4, 0.4]], dtype=np.float32), [102, 102]),
        (np.array([[-1.0, 0.0, 4.0]], dtype=np.float32), [0, 51, 255]),
        (np.array([[-1.0, 0.0, 1.0]], dtype=np.float32), [0, 128, 255]),
        (np.array([[np.nan, 10, np.inf, 20, -np.inf]], dtype=np.float32), [0, 0, 0, 255, 0]),
        (np.array([[-3e38, 0, 3e38]], dtype=np.float32), [0, 128, 255]),
        (np.array([[np.nan, np.inf]], dtype=np.float32), [0, 0]),
    ],
)
def test_numbers_instead_of_greys_are_stretched(values, expected):
    assert levels(tiff(values)) == expected


def test_cmyk_without_ink_is_white_paper():
    assert decode(save(Image.new("CMYK", (8, 8)), "JPEG")).getpixel((4, 4)) == (255, 255, 255)


def test_single_bits_are_black_and_white():
    assert levels(save(Image.fromarray(np.array([[True, False]])), "PNG")) == [255, 0]


# ---- size


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (1024, 1024), (2048, 512)])
def test_a_small_picture_keeps_every_pixel(size):
    assert decode(save(Image.new("L", size), "PNG")).size == size


@pytest.mark.parametrize(
    ("size", "expected"), [((3000, 2000), (1254, 836)), ((1000, 4000), (512, 2048)), ((1200000, 1), (1048576, 1))]
)
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_a_large_picture_is_shrunk_in_proportion(mode, size, expected):
    width, height = decode(save(Image.new(mode, size), "PNG")).size
    assert (width, height) == expected
    assert width * height <= WORKING_PIXELS


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_a_fine_pattern_becomes_its_mean_colour(mode):
    checks = Image.fromarray(np.tile(np.array([[0, 255], [255, 0]], dtype=np.uint8), (1024, 1024)))
    checks = Image.fromarray(np.asarray(checks).astype(np.uint16) * 257) if mode == "I;16" else checks.convert(mode)
    np.testing.assert_allclose(decode(save(checks, "PNG")), 127.5, atol=3)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_shrinking_keeps_colours_and_places(kind):
    picture = decode(save(hostile.quarters(3000, 2000), kind))
    assert picture.size == (1254, 836)
    np.testing.assert_allclose(corners(picture), [RED, GREEN, BLUE, YELLOW], atol=6)


def test_a_picture_beyond_the_limit_is_refused_before_it_is_unpacked():
    for size in ((8000, 7000), (10000, 10000), (20000, 20000)):
        assert "more than 50 megapixels" in sentence(hostile.bomb(*size))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_a_header_beyond_the_limit_is_refused(kind):
    assert "more than 50 megapixels" in sentence(hostile.lying(kind, 400))


def test_a_heavy_file_is_refused_whatever_it_is():
    assert "more than 20 MB" in sentence(FILES["JPEG"] + bytes(MAX_BYTES))
    assert decode(FILES["JPEG"] + bytes(MAX_BYTES - len(FILES["JPEG"]))).size == (48, 32)


@pytest.mark.parametrize("data", [hostile.huge_text(), hostile.huge_profile()], ids=["text", "profile"])
def test_a_chunk_that_unpacks_to_gigabytes_is_refused(data):
    assert "damaged" in sentence(data)


def test_a_jpeg_of_thousands_of_passes_is_refused():
    assert "too long" in sentence(hostile.many_scans())


# ---- what can't be read


@pytest.mark.parametrize("name", STRANGERS)
def test_a_file_that_is_no_photo_is_named_in_one_sentence(name):
    data, word = STRANGERS[name]
    said = sentence(data)
    assert word in said
    assert said.endswith(".")
    assert said.count(". ") == said.count("\n") == 0


@pytest.mark.parametrize("name", [name for name in FILES if name[:4] not in ("MPO", "APNG", "anim")])
def test_half_a_file_is_called_damaged(name):
    assert "damaged or incomplete" in sentence(FILES[name][: len(FILES[name]) // 2])


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_a_picture_or_a_sentence(name):
    for part in hostile.cuts(FILES[name]):
        survives(part)


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_wrong_bytes_is_a_picture_or_a_sentence(name):
    for broken in hostile.flips(FILES[name], seed=name, count=25):
        survives(broken)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF"])
@pytest.mark.parametrize("factor", [2, 50])
def test_a_header_that_promises_more_than_the_file_holds_is_called_damaged(kind, factor):
    assert "damaged or incomplete" in sentence(hostile.lying(kind, factor))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF"])
def test_a_header_that_promises_less_shows_that_much_or_nothing(kind):
    survives(hostile.lying(kind, 0.25))


def test_decoding_leaves_the_settings_of_pillow_and_of_warnings_alone():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    for data in (*FILES.values(), hostile.bomb(10000, 10000), FILES["PNG"][:100]):
        survives(data)
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))


def test_eight_threads_see_what_one_sees():
    alone = [decode(data).tobytes() for data in FILES.values()]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(decode, list(FILES.values()) * 8))
    assert [picture.tobytes() for picture in together] == alone * 8


# ---- what the network sees


@pytest.mark.parametrize(
    ("size", "mode", "box"),
    [
        ((400, 200), "centre", (112.5, 12.5, 287.5, 187.5)),
        ((400, 200), "square", (100, 0, 300, 200)),
        ((400, 200), "whole", (0, -100, 400, 300)),
        ((200, 400), "centre", (12.5, 112.5, 187.5, 287.5)),
        ((200, 400), "square", (0, 100, 200, 300)),
        ((200, 400), "whole", (-100, 0, 300, 400)),
        ((5, 2), "whole", (0, -2, 5, 3)),
        ((1, 1), "centre", (0.0625, 0.0625, 0.9375, 0.9375)),
        ((1, 1), "square", (0, 0, 1, 1)),
        ((1, 1), "whole", (0, 0, 1, 1)),
        ((5000, 1), "centre", (2499.5625, 0.0625, 2500.4375, 0.9375)),
        ((5000, 1), "square", (2499.5, 0, 2500.5, 1)),
        ((5000, 1), "whole", (0, -2500, 5000, 2500)),
    ],
)
def test_the_box_says_which_part_of_the_picture_is_shown(size, mode, box):
    fitted = fit(Image.new("RGB", size), PHOTO, mode)
    assert fitted.box == box
    assert (fitted.picture.size, fitted.picture.mode) == ((32, 32), "RGB")


@pytest.mark.parametrize("mode", FITS)
@pytest.mark.parametrize("size", [(256, 160), (160, 256)])
def test_a_pixel_of_the_square_shows_the_place_the_box_says(size, mode):
    ramp = np.broadcast_to(np.arange(256), (160, 256)) if size[0] == 256 else np.arange(256)[:, None].repeat(160, 1)
    fitted = fit(Image.fromarray(ramp.astype(np.uint8)).convert("RGB"), PHOTO, mode)
    seen = np.asarray(fitted.picture)[..., 0]
    seen = seen[16] if size[0] == 256 else seen[:, 16]
    low, high = fitted.box[0::2] if size[0] == 256 else fitted.box[1::2]
    middle = low + (np.arange(32) + 0.5) * (high - low) / 32 - 0.5
    np.testing.assert_allclose(seen[2:-2], middle[2:-2], atol=1.1)


def test_the_whole_picture_stands_on_neutral_grey():
    seen = np.asarray(fit(Image.new("RGB", (64, 32), RED), PHOTO, "whole").picture)
    assert (seen[:6] == 127).all()
    assert (seen[-6:] == 127).all()
    assert (seen[10:22] == RED).all()


def test_the_longest_picture_is_fitted_without_a_giant_canvas():
    fitted = fit(Image.new("RGB", (WORKING_PIXELS, 1), RED), PHOTO, "whole")
    assert fitted.box == (0, -WORKING_PIXELS // 2, WORKING_PIXELS, WORKING_PIXELS // 2)


def test_a_fit_that_does_not_exist_names_those_that_do():
    with pytest.raises(ValueError, match="centre, square, whole"):
        fit(Image.new("RGB", (8, 8)), PHOTO, "stretched")


# ---- digits


def test_a_digit_of_mnist_stays_as_it_is():
    digit = blob(paper=0, ink=255)
    np.testing.assert_array_equal(fit(digit, DIGIT).picture, digit.convert("L"))


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (200, 60), (100, 20), (60, 140), (0, 200)])
def test_a_digit_on_any_paper_reads_like_mnist(paper, ink):
    np.testing.assert_array_equal(fit(blob(paper, ink), DIGIT).picture, blob(0, 255).convert("L"))


@pytest.mark.parametrize("mode", FITS)
def test_a_photographed_digit_loses_the_shadow_of_its_paper(mode):
    shadow = np.linspace(230, 150, 280)[None, :, None] * np.asarray(blob(255, 60, 280)) / 255
    wide = np.pad(shadow, ((0, 0), (40, 40), (0, 0)), mode="edge").astype(np.uint8)
    seen = np.asarray(fit(Image.fromarray(wide), DIGIT, mode).picture)
    assert np.median(seen) == 0
    assert np.percentile(np.concatenate([seen[0], seen[:, 0], seen[-1], seen[:, -1]]), 95) < 40
    assert seen.max() == 255


def test_ink_that_touches_the_border_is_not_taken_for_paper():
    paper = np.full((28, 28), 220, dtype=np.uint8)
    paper[:, 10:18] = 40
    seen = np.asarray(fit(Image.fromarray(paper).convert("RGB"), DIGIT).picture)
    assert (seen[:, 10:18] == 255).all()
    assert (seen[:, :10] == 0).all()


@pytest.mark.parametrize("mode", FITS)
@pytest.mark.parametrize("grey", [0, 127, 128, 255])
def test_an_empty_page_stays_empty(grey, mode):
    assert np.ptp(fit(Image.new("RGB", (60, 40), (grey,) * 3), DIGIT, mode).picture) == 0


def test_the_noise_of_an_empty_page_is_not_made_ink():
    noise = np.random.default_rng(0).normal(200, 2, (28, 28)).astype(np.uint8)
    assert np.asarray(fit(Image.fromarray(noise).convert("RGB"), DIGIT).picture).max() < 100


# ---- numbers


def test_pixels_become_x_minus_mean_over_std():
    picture = Image.fromarray(np.array([[[0, 127, 255], [10, 20, 30]], [[1, 2, 3], [4, 5, 6]]], dtype=np.uint8))
    prep = Preprocessing(size=2, channels=3, crop=1.0, mean=(0.0, 127.0, 5.0), std=(1.0, 128.0, 2.0))
    tensor = images.to_tensor(Fitted(picture, (0, 0, 2, 2)), prep)
    assert (tensor.shape, tensor.dtype) == ((3, 2, 2), torch.float32)
    expected = [[[0, 10], [1, 4]], [[0, -107 / 128], [-125 / 128, -122 / 128]], [[125, 12.5], [-1, 0.5]]]
    torch.testing.assert_close(tensor, torch.tensor(expected))
    np.testing.assert_array_equal(images.to_array(tensor, prep), picture)


def test_a_grey_picture_has_one_channel():
    tensor = images.to_tensor(fit(blob(0, 255), DIGIT), DIGIT)
    assert tensor.shape == (1, 28, 28)
    assert tensor.unique().tolist() == [0, 1]
    assert images.to_array(tensor, DIGIT).shape == (28, 28, 1)


def test_numbers_beyond_the_pixels_are_clipped_on_the_way_back():
    far = torch.tensor([-9.0, 0.5, 9.0]).view(1, 1, 3)
    assert images.to_array(far, DIGIT).ravel().tolist() == [0, 128, 255]


def test_the_jpeg_for_browsers_shows_the_same_picture():
    data = images.to_jpeg(hostile.quarters())
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    np.testing.assert_allclose(corners(decode(data)), [RED, GREEN, BLUE, YELLOW], atol=8)


@pytest.mark.parametrize("size", [(96, 32), (32, 96), (1, 1)])
def test_a_thumbnail_is_the_central_square(size):
    small = images.thumbnail(hostile.quarters(*size), 16)
    assert small.size == (16, 16)
    if size != (1, 1):
        assert corners(small) == [RED, GREEN, BLUE, YELLOW]


def test_a_digest_stands_for_the_bytes():
    assert images.digest(b"") == "cae66941d9efbd404e4d88758ea67670"
    assert images.digest(b"a") != images.digest(b"b")
