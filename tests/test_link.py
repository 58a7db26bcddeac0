"""The link: what is read from it is always of use, and what was left is found again."""
import types

import pytest

from pages.shared import link, unit


@pytest.fixture
def address(monkeypatch):
    """The parameters of the link, and a visit that has just begun."""
    there = types.SimpleNamespace(query_params={}, session_state={})
    monkeypatch.setattr(link, "st", there)
    monkeypatch.setattr(unit, "st", there)
    return there.query_params


@pytest.mark.parametrize(("text", "number"), [
    ("5", 5), ("0", 1), ("-3", 1), ("12", 9), ("999999", 9), ("9" * 7, 4), ("5.0", 4), ("", 4), ("nan", 4), ("1e1", 4),
    ("٣", 4), (" 5", 4), ("+5", 4), ("5\n", 4), ("0x5", 4), ("auto", 4),
])  # fmt: skip
def test_a_whole_number_stays_between_its_ends(address, text, number):
    address["size"] = text
    assert link.whole("size", 1, 9, begin=4) == number
    assert link.whole("other", 1, 9, begin=4) == 4


@pytest.mark.parametrize(("text", "number"), [
    ("2.5", 2.5), ("-7", 0), ("1e3", 4), ("inf", 4), ("nan", 4), ("8.123456", 8.123456), ("8.1234567", 4), (".5", 4),
])  # fmt: skip
def test_so_does_a_decimal_number(address, text, number):
    address["T"] = text
    assert link.decimal("T", 0, 9, begin=4) == number


@pytest.mark.parametrize(("text", "place"), [
    ("0.25,0.75", (0.25, 0.75)), ("0,1", (0, 1)), ("1.0000,0.0000", (1, 0)), ("1.5,0.5", None), ("0.5", None),
    ("", None), ("nan,nan", None), ("-0.1,0.2", None), ("0.1,0.2,0.3", None), ("0.1234567,0", None), ("٠,٠", None),
    ("auto", None),
])  # fmt: skip
def test_a_spot_lies_on_the_picture(address, text, place):
    address["spot"] = text
    assert link.spot() == (place or (0.5, 0.5))


@pytest.mark.parametrize(("text", "cell"), [
    ("2,3", (2, 3)), ("0,0", (0, 0)), ("5,3", None), ("2,8", None), ("-1,0", None), ("2", None), ("2,3,4", None),
    ("a,b", None), ("1.0,2", None), ("٢,٣", None), ("9999999,0", None), ("auto", None), (",", None),
])  # fmt: skip
def test_a_cell_lies_on_the_map(address, text, cell):
    address["cell"] = text
    assert unit.cell((5, 8)) == (cell or (2, 4))
    assert unit.cell((5, 8), begin=(0, 0)) == (cell or (0, 0))


def test_what_the_page_has_written_is_what_the_frame_has_not(address):
    address.update(dict.fromkeys(link.FRAME, "x"), layer="dense", map="3")
    assert link.own() == {"layer": "dense", "map": "3"}
    link.forget("map", "cell")
    link.go(spot=(1, 2), add=5)
    assert link.own() == {"layer": "dense", "spot": "(1, 2)", "add": "5"}


def test_who_comes_back_finds_what_was_left_but_a_link_goes_first(address):
    state = link.st.session_state
    address.update(layer="dense", network="lenet")
    link.come_back("Dense")
    for name in list(address):
        address.pop(name)
    link.come_back("Dense")
    assert link.own() == {}  # they have not been elsewhere: this is a fresh start
    address["layer"] = "dense1"
    link.come_back("Dense")
    address.pop("layer")
    state["arrived"] = True
    link.come_back("Pooling")
    assert link.own() == {}
    link.come_back("Dense")
    assert link.own() == {"layer": "dense1"}
    address["layer"] = "dense2"
    link.come_back("Dense")
    assert link.own() == {"layer": "dense2"}
