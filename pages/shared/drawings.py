"""What each browser component is sent: records of the engine, packed into bytes."""
import io

import numpy as np
from PIL import Image

from core import images, overview
from core.anatomy import Layer as Facts
from core.zoo import Network
from pages.shared import cached, words
from pages.shared.components import as_bytes, pack
from pages.shared.photos import THUMBNAIL, Photo

PAGE = 200_000  # values of a layer sent at once, 0.8 MB


def filmstrip(shown: list[Photo], selected: str) -> bytes:
    """Thumbnails in one picture, with their titles."""
    sprite = cached.sprite(shown, tuple(photo.digest for photo in shown))
    items = [{"id": photo.id, "title": photo.title, "own": photo.own} for photo in shown]
    return pack({"items": items, "selected": selected, "side": THUMBNAIL}, sprite=as_bytes(sprite))


def answer(photo: Photo, look: cached.Look, net: Network, heading: str, scale: str, got: str) -> bytes:
    """The photo, its heat map and the best classes."""
    small = _in_small(photo, look.box)
    rows, columns = look.heat.shape
    label = net.labels[look.index]
    header = {
        "photo": {"width": small[0], "height": small[1]},
        "box": small[2],
        "heat": {
            "rows": rows,
            "columns": columns,
            "most": float(look.heat.max()),
            "index": look.index,
            "label": label,
            "note": look.reading,
        },
        "predictions": [vars(prediction) for prediction in look.best],
        "heading": heading,
        "scale": scale,
        "got": got,
        "alt": f"{photo.title}, with a heat map of the evidence for {label}",
        "shows": f"{photo.digest}/{net.name}/{net.trained}/{look.index}",
    }
    return pack(header, jpeg=as_bytes(photo.jpeg), input=as_bytes(look.input), cam=look.heat.ravel())


def _in_small(photo: Photo, box: images.Box) -> tuple[int, int, list[float]]:
    """Width and height of the picture that the browser has, and the box in its pixels."""
    with Image.open(io.BytesIO(photo.jpeg)) as small:
        width, height = small.size
    scale = width / photo.picture.width, height / photo.picture.height
    return width, height, [edge * scale[at % 2] for at, edge in enumerate(box)]


def network_map(whole: cached.Whole, key: str, shows: str, shared_range: str, hint: str) -> bytes:
    """Every column with its maps as bytes between their own lowest and highest value."""
    header = {
        "columns": [_column_header(column) for column in whole.columns],
        "classes": [vars(prediction) for prediction in whole.best],
        "whole": [whole.low, whole.high],
        "range": shared_range,
        "key": key,
        "shows": shows,
        "hint": hint,
        "alt": f"{len(whole.columns)} columns of feature maps. Arrow keys go from map to map, Enter opens one.",
    }
    arrays = {}
    for at, column in enumerate(whole.columns):
        arrays[f"maps{at}"], arrays[f"ranges{at}"] = column.maps, column.ranges
        if column.strengths is not None:
            arrays[f"strengths{at}"] = np.round(column.strengths * 255).astype(np.uint8)
    return pack(header, **arrays)


def _column_header(column: overview.Column) -> dict:
    group, title = words.group_and_title(column.name)
    return {
        "name": column.name,
        "group": group,
        "title": title,
        "kind": column.kind,
        "total": column.total,
        "side": column.side,
        "chosen": column.chosen.tolist(),
        "rows": column.maps.shape[1],
        "columns": column.maps.shape[2],
        "low": column.low,
        "high": column.high,
        "sources": column.sources,
        "wiring": column.wiring,
    }


def maps_per_page(layer: cached.Layer) -> int:
    """How many maps of a layer are sent at once, true values and all."""
    return max(8, PAGE // layer.output[0].size // 8 * 8)


def kind_of(layer: cached.Layer) -> str:
    """What one output of a layer is called."""
    return "unit" if layer.output[0].size == 1 else "map"


def layer_view(
    photo: Photo, layer: cached.Layer, facts: Facts, kernel: dict | None, shown: range, unit: int, rest: dict
) -> bytes:
    """The shown maps of a layer with their true values, the weights of the chosen one, and the photo."""
    maps = layer.output[shown.start : shown.stop]
    width, height, box = _in_small(photo, layer.box)
    kind = kind_of(layer)
    header = {
        "photo": {"width": width, "height": height, "pixels": words.times(photo.picture.size)},
        "scale": photo.picture.width / width,  # pixels of the photo in one that the browser has
        "box": box,
        "field": vars(facts.receptive_field),
        "side": layer.side,
        "step": facts.name,
        "kind": facts.kind,
        "unit": kind,
        "rows": maps.shape[1],
        "columns": maps.shape[2],
        "shown": list(shown),
        "map": unit,
        "low": float(layer.output.min()),
        "high": float(layer.output.max()),
        "network": layer.network_range,
        "title": f"All {len(layer.output):,} {kind}s" if len(shown) == len(layer.output) else f"{kind.capitalize()}s "
        f"{shown.start} to {shown.stop - 1} of {len(layer.output):,}",
        "plain": "It has learned one scale and one shift for each map."
        if facts.parameters.value
        else "Nothing learned here: this layer has no weights.",
        "filter": kernel and {key: value for key, value in kernel.items() if key != "weights"},
        "photoKey": photo.digest,
        **rest,
    }
    ranges = np.stack([maps.min(axis=(1, 2)), maps.max(axis=(1, 2))], axis=1)
    arrays = {"maps": maps, "ranges": ranges, "jpeg": as_bytes(photo.jpeg)}
    if kernel:
        arrays["weights"] = kernel["weights"]
    return pack(header, **arrays)
