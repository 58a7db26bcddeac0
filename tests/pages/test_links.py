"""Links: each says all that its page shows, and reopens it."""
import random

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.apptest import PAGES, choose, controls, copied, happens, is_drawn, opened, scene, sent, turn, ways
from tests.pages.engine import LARGE, ran
from tests.pages.places import VISIT, sources
from tests.pages.reading import table

SEEDS = range(2)


def clicked(at: AppTest, dice: random.Random, clicks: int) -> AppTest:
    """After some clicks on any controls, and on the drawing."""
    for _ in range(clicks):
        key = dice.choice([key for key in controls(at) if key not in VISIT])
        turn(at, key, dice.choice(ways(at.get_by_key(key))))
        if dice.random() < 0.3 and is_drawn(at, "calculation"):
            touched(at, dice)
    return at


def touched(at: AppTest, dice: random.Random) -> None:
    """Something is done to the drawing."""
    shown = sent(at)
    area = shown["output"]
    row, column = area["top"] + dice.randrange(area["rows"]), area["left"] + dice.randrange(area["columns"])
    events = [("choose", {"row": row, "column": column})]
    if "siblings" in shown:
        events.append(("unit", {"channel": dice.choice(shown["siblings"]["order"])}))
    if "overview" in shown:
        events.append(("frame", {"x": dice.random(), "y": dice.random()}))
    if shown["editable"]:
        values = [round(dice.uniform(-2, 2), 2) for _ in shown["weights"]]
        events.append(("kernel", {"weights": values, "bias": dice.uniform(-1, 1)}))
    event, value = dice.choice(events)
    happens(at, "calculation", event, **value)


def situation(at: AppTest) -> tuple:
    """What is drawn; of a map that is sent in part, around the cell where it was begun, what its number is made of."""
    parts, *rest = scene(at)
    shown = sent(at) if is_drawn(at, "calculation") else {}
    if shown.get("overview", {}).get("kind") == "map":
        return shown["step"], shown["channel"], table(at, "gives").to_csv()
    return [{key: part[key] for key in part if key != "at"} for part in parts], rest


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("page", PAGES)
def test_a_link_reopens_whatever_was_clicked_together(page, seed):
    for number, link in enumerate(sources(page)):
        at = clicked(opened(page, **link), random.Random(f"{seed}/{number}"), clicks=8)
        assert situation(copied(at)) == situation(at), at.query_params


# ---- what belongs to another network ------------------------------------------------------------


def layers_of(page: str) -> list[dict[str, str]]:
    """Links to what a page shows of the network in hand."""
    return [link for link in sources(page) if "step" in controls(opened(page, **link))]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("classify", "network")])
def test_a_layer_that_the_next_network_does_not_have_gives_way(page):
    for link in layers_of(page):
        at = opened(page, **link | {"network": LARGE})
        for way in (0, -1):
            turn(at, "step", ways(at.get_by_key("step"))[way])
            turn(at, "unit", at.number_input(key="unit").max)
            for name in ("tiny_vgg", "lenet", LARGE):
                choose(at, "network", name)
                step = at.selectbox(key="step").value
                assert sent(at)["step"] in (step, "pooling")  # "pooling" of any map
                assert sent(at)["channel"] == at.number_input(key="unit").value < len(ran(name)[step].output)
                assert situation(copied(at)) == situation(at)
