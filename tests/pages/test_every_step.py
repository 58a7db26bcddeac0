"""Every step of every network is taken apart on its page: the numbers are the network's, and few bytes are sent."""
import numpy as np
import pytest

from core import zoo
from core.trace import Step
from pages.shared import cached, unit
from tests.pages.apptest import TRAINING, component, opened, sent
from tests.pages.calculated import corners, inputs, results, terms, worked_out
from tests.pages.engine import LARGE, maps_of, ran

pytestmark = pytest.mark.slow

MOST = 500_000  # bytes that a calculation may be sent
SITUATIONS = [(name, training) for name in zoo.SPECS for training in TRAINING]


def link_to(step: Step, channel: int, cell: tuple[int, int]) -> dict[str, str]:
    """The link to a number of a step, on the page for its kind."""
    page = unit.page_of(step.kind)
    place = {"layer": step.name, "map": str(channel), "cell": f"{cell[0]},{cell[1]}"}
    return {"page": page, unit.SOURCE[page]: unit.LAYER, **place}


def cells(name: str, training: str, sides: tuple[int, int]) -> list[tuple[int, int]]:
    """The first, the middle and the last; fewer of a network with many steps."""
    first, middle, last = (0, 0), (sides[0] // 2, sides[1] // 2), (sides[0] - 1, sides[1] - 1)
    some = [first, middle, last] if name != LARGE else [first, middle] if training == "trained" else [last]
    return list(dict.fromkeys(some))


@pytest.mark.parametrize(("name", "training"), SITUATIONS)
def test_every_step_is_worked_out_as_the_network_did(name, training, monkeypatch):
    steps, dice = ran(name, training), np.random.default_rng(0)
    monkeypatch.setattr(cached, "steps", lambda *_: steps)
    for step in steps.values():
        maps = maps_of(step)
        for cell in cells(name, training, maps.shape[1:]):
            channel = int(dice.integers(len(maps)))
            at = opened(**link_to(step, channel, cell), network=name, training=training)
            assert len(component(at, "calculation").bytes) <= MOST
            shown = sent(at)
            assert (shown["step"], shown["channel"], tuple(shown["at"])) == (step.name, channel, cell)
            compare_inputs(shown, steps)
            compare_output(shown, maps[channel], cell)


def compare_inputs(shown: dict, steps: dict[str, Step]) -> None:
    """Every value that was sent lies on the maps where it says that it does."""
    area, ids = shown["input"], shown["input"]["channelIds"]
    feeders = shown["feeders"] * (len(ids) // len(shown["feeders"]))
    there = slice(area["top"], area["top"] + area["rows"]), slice(area["left"], area["left"] + area["columns"])
    came = np.stack([maps_of(steps[feeder])[at][there] for feeder, at in zip(feeders, ids, strict=True)])
    np.testing.assert_array_equal(inputs(shown), came)
    assert area["whole"] == list(maps_of(steps[feeders[0]]).shape[1:])


def compare_output(shown: dict, output: np.ndarray, cell: tuple[int, int]) -> None:
    """So does every result, and what was sent of the inputs makes it."""
    area = shown["output"]
    assert area["whole"] == list(output.shape)
    here = output[area["top"] : area["top"] + area["rows"], area["left"] : area["left"] + area["columns"]]
    np.testing.assert_array_equal(results(shown), here)
    for row, column in [cell, *corners(shown)]:
        size = max(1, np.abs(terms(shown, row, column).values).max())
        assert worked_out(shown, row, column) == pytest.approx(output[row, column], rel=1e-4, abs=1e-5 * size)
