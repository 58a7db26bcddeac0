"""Every page, whatever it shows: its frame, every control in every way, and what follows the visitor."""
import ast
import re
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core import zoo
from tests.hostile import save
from tests.pages.apptest import (
    FRAME,
    HOME,
    PAGES,
    ROOT,
    TRAINING,
    choose,
    controls,
    gone,
    happens,
    opened,
    page_of,
    press,
    scene,
    turn,
    upload,
    ways,
)
from tests.pages.places import CODES, VISIT, places, sources

EVERYWHERE = {*FRAME, "use-camera-0"}  # controls of the frame
MANY = 13  # options of one control that are all tried
PICTURED = [page for page in PAGES if "picture=False" not in (ROOT / f"pages/{page}.py").read_text()]  # show the frame


def test_every_page_is_in_the_table_of_contents():
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert files == set(PAGES)
    assert HOME == "classify"


@pytest.mark.parametrize("page", PAGES)
def test_the_very_first_visitor_gets_the_frame(page, monkeypatch):
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", PagesManager)  # a fresh server
    at = opened(page, network="tiny_vgg")
    assert (at.title[0].value == opened().title[0].value) == (page == HOME)
    assert at.session_state["network"] == "tiny_vgg"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_is_python(page):
    for link in sources(page):
        for code in opened(page, **link).code:
            ast.parse(re.sub(r'^"[\w ]+": lambda .*,$', "", code.value, flags=re.MULTILINE))  # lines of a dictionary


# ---- every control ----------------------------------------------------------------------------


def some(ways: list, most: int) -> list:
    """All of a few ways; of many the ends and some between."""
    return ways if len(ways) <= most else [ways[at] for at in np.linspace(0, len(ways) - 1, most).astype(int)]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_no_control_is_dead(page):
    tried = Counter(dict.fromkeys(EVERYWHERE, 1))
    for link in places(page):
        for key in controls(opened(page, **link)):
            if tried[key] < (1 if key.endswith("_on") else 2):  # in many ways at one place, in two at another
                at = opened(page, **link)
                ways_there = some(ways(at.get_by_key(key)), MANY if not tried[key] else 2)
                seen = [(scene(turn(at, key, way)), at.query_params) for way in ways_there]
                first, last = seen[0], seen[-1]
                assert key in EVERYWHERE or len(seen) < 2 or first[0] != last[0], f"{key} changes nothing at {link}"
                assert key in VISIT or len(seen) < 2 or first[1] != last[1], f"{key} is not in the link at {link}"
                tried[key] += 1


SEEN = [(page, key) for page in PICTURED for key in sorted(FRAME) if page not in CODES or key == "picture"]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "key"), SEEN)
def test_no_choice_of_the_frame_is_dead_everywhere(page, key):
    def changes(at: AppTest) -> bool:
        before = scene(at)
        return scene(turn(at, key, ways(at.get_by_key(key))[-1])) != before

    assert any(changes(opened(page, **link)) for link in sources(page))


def asking(page: str, link: dict[str, str]) -> AppTest:
    """The page with a question on it, where there are any."""
    at = opened(page, **link)
    return choose(at, "predict", True) if "predict" in controls(at) else at


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_no_button_is_dead(page):
    tried = {"quiz-check"}  # which waits for a number
    for link in places(page):
        buttons = {button.key for button in asking(page, link).button if not button.proto.disabled}
        for key in buttons - tried:
            at = asking(page, link)
            before = page, at.query_params, scene(at)
            assert (page_of(press(at, key)), at.query_params, scene(at)) != before, f"{key} does nothing at {link}"
        tried |= buttons


# ---- every picture ----------------------------------------------------------------------------

DICE = np.random.default_rng(0)
PHOTOS = {
    "one pixel high": DICE.integers(0, 256, (1, 300), dtype=np.uint8),
    "3 wide and 2,000 high": DICE.integers(0, 256, (2000, 3, 3), dtype=np.uint8),
    "one pixel": np.full((1, 1, 3), 90, dtype=np.uint8),
    "grey, and all white": np.full((60, 80), 255, dtype=np.uint8),
    "transparent": DICE.integers(0, 256, (50, 70, 4), dtype=np.uint8),
}
SITUATIONS = [(training, network) for training in TRAINING for network in zoo.SPECS]


@pytest.mark.slow
@pytest.mark.parametrize("page", PICTURED)
def test_pictures_of_any_shape_are_shown_or_refused_in_a_sentence(page):
    files = [(f"{name}.png", save(Image.fromarray(pixels), "PNG")) for name, pixels in PHOTOS.items()]
    pictures = ["digit-5", *(f"photo-{number}" for number in range(1, 1 + len(files)))]
    for number, link in enumerate(sources(page)):
        at = upload(opened(page, **link), *files)
        for count, (training, network) in enumerate(SITUATIONS, number):  # other pairs at every source
            choose(choose(at, "network", network), "training", training)
            happens(at, "filmstrip", "pick", id=pictures[count % len(pictures)])
            assert len(at.get("bidi_component")) > 1 or at.error[0].value.startswith("This does not work: ")
            assert not (at.error and count % len(pictures) == 0)


# ---- what follows the visitor -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_choices_survive_a_visit_to_another_page(page):
    choices = {"training": "untrained", "fit": "whole", "picture": "coffee"}
    others = [other for other in PAGES if other != page]
    for number, link in enumerate(places(page)):
        at = opened(page, **link)
        more = {"range": "network", "spread": True, "colour": True, "use-camera-0": True}
        for key, value in (choices | more).items():
            if key in controls(at):
                choose(at, key, value)
        before = scene(at)
        gone(at, others[number % len(others)])
        assert {key: at.session_state[key] for key in ("training", "fit", "picture")}.items() <= choices.items()
        assert scene(gone(at, page)) == before
