"""What the drawing of the way back is sent: maps, the slope along each number, and one slope taken apart."""
import numpy as np

from core.backwards import Backward
from core.gradients import Size
from pages.shared import cached, words
from pages.shared.backward_place import Shown
from pages.shared.backward_words import named
from pages.shared.components import pack
from pages.shared.slopes import Layer

CELLS = 51_076  # of a layer sent at once, each with its slope: 0.4 MB
GALLERY = 64  # maps; more would be too small to tell apart
TERMS = 24  # that are drawn; the table has them all


def maps(shown: Shown, found: Backward, way: list[Size], told: list[str], asked: bool) -> bytes:
    """The strongest maps of a layer, or all if they are few, with their slopes and the terms of the open one."""
    layer, facts = shown.layer, shown.facts
    ids = strongest(layer, shown.map)
    rows, columns = layer.values.shape[1:]
    last = facts.name == shown.last
    kind = "unit" if rows * columns == 1 else "map"
    count = len(layer.values)
    header = {
        "key": f"{shown.hand.photo.digest}/{shown.hand.chosen}/{shown.aim}/{facts.name}",
        "shows": f"{shown.hand.photo.digest}/{shown.hand.chosen}/{shown.aim}/{facts.name}/{shown.at}",
        "step": facts.name,
        "name": words.full_name(facts.name),
        "kind": facts.kind,
        "kindName": words.KINDS[facts.kind],
        "of": f"{shown.of} = {words.number(layer.aim)}".replace("\\", ""),
        "unit": kind,
        "rows": rows,
        "columns": columns,
        "shown": ids,
        "count": count,
        "map": shown.map,
        "cell": shown.cell,
        "low": float(layer.values.min()),
        "high": float(layer.values.max()),
        "most": float(np.abs(layer.slopes).max()),
        "range": shown.colours,
        "labels": shown.hand.network.labels if last else None,
        "way": [{"step": one.name, "name": words.full_name(one.name), "norm": one.norm, "zeros": one.share_zero}
                for one in way],
        "told": told,
        "asked": asked,
        "open": _sum(shown, found),
    }  # fmt: skip
    values, slopes = layer.values[ids], layer.slopes[ids]
    largest = np.argsort(-np.abs(found.products), kind="stable")[:TERMS]
    terms = np.stack([found.upstream[largest], found.slopes[largest], found.products[largest]], axis=1)
    return pack(
        header, maps=values, slopes=slopes, terms=terms,
        ranges=np.stack([values.min(axis=(1, 2)), values.max(axis=(1, 2))], axis=1),
        mosts=np.abs(slopes).max(axis=(1, 2)),
    )  # fmt: skip


def strongest(layer: Layer, chosen: int) -> list[int]:
    """Which maps of a layer are sent: all, in their order, or those that count most, and the chosen one."""
    count, size = len(layer.values), layer.values[0].size
    most = max(1, min(CELLS // size, GALLERY if size > 1 else count))
    if count <= most:
        return list(range(count))
    kept = np.argsort(-layer.strength, kind="stable")[:most].tolist()
    return kept if chosen in kept else [*kept[:-1], chosen]


def _sum(shown: Shown, found: Backward) -> dict:
    largest = np.argsort(-np.abs(found.products), kind="stable")
    rest = largest[TERMS:]
    return {
        "at": shown.at,
        "terms": len(found.products),
        "places": [_place(shown, found, at) for at in largest[:TERMS]],
        "rest": {"count": len(rest), "sum": float(found.products[rest].sum())},
        "sum": found.sum,
        "gradient": found.gradient,
        "full": [f"{number:.9g}".replace("-", "−") for number in (found.sum, found.gradient, found.difference)],
    }


def _place(shown: Shown, found: Backward, at: int) -> str:
    name = found.consumers[at]
    if name not in shown.places:
        return "where the way back begins"
    labels = shown.hand.network.labels if name == shown.last else None
    vector = len(cached.layers(shown.hand.chosen.network)[name].shape) == 1
    return named(name, tuple(found.targets[at].tolist()), vector, labels)
