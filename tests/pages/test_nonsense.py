"""Links: whatever is written into one does no harm."""
import random
from functools import cache

import pytest

from core import images, samples, zoo
from tests.pages.apptest import PAGES, TRAINING, controls, opened, sent, words_of
from tests.pages.places import sources

PLACE = {"network": "tiny_vgg", "layer": "module2_conv1", "map": "1"}
KEYS = ["network", "training", "fit", "picture", "layer", "range", "map", "search"]
NONSENSE = [dict.fromkeys(KEYS, ""), *({key: ""} for key in KEYS)]
NONSENSE += [dict.fromkeys(KEYS, value) for value in ("foo", "../../etc/passwd", "<b>x</b>", "\0", "9" * 400)]
NONSENSE += [{"map": value} for value in ("99999", "-1", "abc", "2.5", "1e400", "nan", "٣", "9" * 400)]
NONSENSE += [{"layer": "nope"}, {"layer": "blocks_3"}, {"network": "lenet", "layer": "module3_pool", "map": "63"}]
NONSENSE += [{"layer": ["module1_conv1", "dense"]}, {"network": ["", "lenet"]}, {"picture": ["cat", "nothing"]}]


@pytest.mark.parametrize("link", NONSENSE, ids=lambda link: repr(link)[:40])
def test_a_link_with_nonsense_falls_back(link):
    for page in ("network", PAGES[len(repr(link)) % len(PAGES)]):
        at = opened(page, **PLACE | link)
        state = at.session_state
        assert state["network"] in zoo.SPECS
        assert state["training"] in TRAINING
        assert state["fit"] in images.FITS
        assert state["picture"] in samples.SAMPLES
        if page == "network":
            assert state["range"] in ("unit", "layer", "network")
        if page == "network" and state["layer"] == "whole":
            assert sent(at, "network_map")["classes"]
        elif page == "network":
            assert sent(at, "layer_view")["map"] in sent(at, "layer_view")["shown"]


WORDS = ["nan", "-1", "1e9", "x" * 3000, "0", "999999", "1,2,3", "-1,-1", "99999,99999", "True", "inf,inf", "0.5,7"]
WORDS += ["![x](//evil.example/x.png)", "٣,٣", "\0", "module9_conv", ["3", "foo"]]


@cache
def read(page: str, number: int) -> set[str]:
    """All that a page reads of its link, where it looks at one of its sources."""
    link = sources(page)[number]
    known = {"layer", "map", "cell", "spot", "own", "trained_of", "trained_map"}
    return {*controls(opened(page, **link)), *known} - set(link)


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_all_or_some_of_what_a_page_reads_is_harmless(page):
    dice = random.Random(0)
    for number, link in enumerate(sources(page)):
        for word in WORDS:
            some = [key for key in sorted(read(page, number)) if dice.random() < 0.6]
            at = opened(page, **link, **dict.fromkeys(some, word))
            assert len(at.get("bidi_component")) > 1 or at.error, (word, some)
            assert not [text for text in words_of(at) if "](//" in text]
            assert all(one.min <= one.value <= one.max for one in at.number_input)
