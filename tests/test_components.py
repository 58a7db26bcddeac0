"""The way of the numbers into the browser: packed bytes, and the files that unpack them."""
import json
import re

import numpy as np
import pytest

from pages.shared.components import CALCULATION, FOLDER, TYPES, as_bytes, pack

FILES = sorted(FOLDER.iterdir())


def unpack(data: bytes) -> dict:
    """What unpack() in shared.js makes of the bytes: the header and every array under its name."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    arrays = header.pop("arrays")
    assert all(array["offset"] % 8 == 0 for array in arrays), "a typed array can't start there"
    return header | {a["name"]: np.frombuffer(data, a["type"], a["length"], a["offset"]) for a in arrays}


@pytest.mark.parametrize("text", ["", "Grüße 🐈", "x" * 4080, "x" * 9000], ids=len)
def test_what_is_packed_comes_out_again(text):
    dice = np.random.default_rng(0)
    arrays = {
        "maps": dice.normal(size=(3, 5, 7)).astype(np.float32),
        "turned": dice.normal(size=(4, 6)).astype(np.float32).T,  # not in one piece in memory
        "picture": as_bytes(b"\xff\xd8 seven"),
        "counts": np.array([-1, 2**31 - 1], dtype=np.int32),
        "nothing": np.empty(0, dtype=np.float32),
        "exact": dice.normal(size=(2, 3)),
        "extremes": np.array([np.finfo(np.float32).max, np.finfo(np.float32).tiny, -0.0], dtype=np.float32),
    }
    got = unpack(pack({"text": text, "deep": [1, {"a": None}]}, **arrays))
    assert (got.pop("text"), got.pop("deep")) == (text, [1, {"a": None}])
    assert list(got) == list(arrays)
    for name, array in arrays.items():
        assert got[name].dtype == array.dtype
        np.testing.assert_array_equal(got[name], array.ravel())


def test_a_header_alone_is_enough():
    assert unpack(pack({"only": "this"})) == {"only": "this"}


@pytest.mark.parametrize("kind", ["int64", "bool", "float16", "uint16"])
def test_an_array_the_browser_cannot_read_is_named(kind):
    with pytest.raises(ValueError, match=rf"^maps is {kind}; send one of float32, float64, int32, uint8$"):
        pack({}, maps=np.zeros(3, dtype=kind))


def test_both_sides_know_the_same_types():
    known = re.search(r"ARRAY_TYPES = \{(.*?)\}", (FOLDER / "shared.js").read_text(encoding="utf-8")).group(1)
    assert set(re.findall(r"(\w+):", known)) == TYPES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_component_asks_nobody_and_stays_small(path):
    text = path.read_text(encoding="utf-8")
    addresses = re.findall(r"""(?:https?:|wss?:|["'(]\s*)//[^\s"')]+|@import|\bfetch\(|importScripts""", text)
    assert [address for address in addresses if not address.startswith("http://www.w3.org/")] == []
    assert len(text.encode()) <= 20_000
    assert "\n" in text.strip()  # Streamlit would take one line for the name of a file


def test_every_file_belongs_to_a_component():
    used = {"shared", "filmstrip", "answer", "network_map", "layer_view", "calculation", *CALCULATION}
    used |= {"neurons", "neurons_graph", "backward", "backward_maps", "backward_sum", "panels"}
    used |= {"meter", "meter_axis", "meter_time", "histograms", "paper"}
    used |= {"lab", "lab_curves", "lab_pictures", "lab_plane"}
    used |= {"decoder", "latent_decoder", "latent", "latent_map", "latent_walk", "pad", "album"}
    used |= {"lab_charts", "squeeze"}
    used |= {"repair", "six", "six_bars", "autoencoder", "autoencoder_code", "autoencoder_photo"}
    assert {path.stem for path in FILES} == used


def test_every_component_keeps_still_where_motion_is_not_wanted():
    shared = (FOLDER / "shared.css").read_text(encoding="utf-8")  # stands in front of each one's own
    assert "prefers-reduced-motion: reduce" in shared
    scripts = "".join(path.read_text(encoding="utf-8") for path in FILES if path.suffix == ".js")
    assert re.findall(r"\.animate\(|behavior: *.smooth", scripts) == []  # a script would have to ask matchMedia first
