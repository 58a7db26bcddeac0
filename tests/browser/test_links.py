"""The address says what the visitor sees, and a visitor who comes with an address sees it."""
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_calculation import read, travel
from tests.browser.test_pointing import point
from tests.tools.browser import settle, turn_to
from tests.tools.shots import drawn

LAYER = "network?network=tiny_vgg&layer=module2_conv1&map=3"


def on_the_layer(page: Page) -> None:
    """The frame, and the layer that LAYER names."""
    drawn(page, "module2_conv1")
    expect(page.get_by_role("button", name="Look", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add photos")).to_be_visible()
    expect(page.get_by_role("radio", name="Tiny VGG")).to_be_checked()
    expect(page.locator(".value")).to_contain_text("map 3, ")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_link_works_as_the_very_first_request(visitor, server):
    server.restart(warm_up=False)
    on_the_layer(visitor(LAYER))


def test_the_start_page_works_as_the_very_first_request(visitor, server):
    server.restart(warm_up=False)
    page = visitor()
    drawn(page, "sample-cat/efficientnet_lite0/True/")
    expect(page.get_by_role("button", name="Look", exact=True)).to_be_visible()


def test_reload_and_a_copied_address_show_the_same(visitor):
    page = visitor("?network=lenet")
    drawn(page)
    page.get_by_role("button", name="A handwritten 8").click()
    drawn(page, "sample-digit-8/")
    page.get_by_role("radio", name="untrained", exact=True).click()
    drawn(page, "sample-digit-8/lenet/False/")
    shown = page.locator(".photo").get_attribute("data-shows")
    heading = page.locator(".told > :first-child").inner_text()
    page.reload()
    drawn(page, shown)
    other = visitor(page.url.removeprefix(visitor.server.url).lstrip("/"))
    drawn(other, shown)
    assert other.locator(".told > :first-child").inner_text() == heading


def test_a_situation_built_by_hand_can_be_copied(visitor):
    page = visitor("network")
    drawn(page)
    page.get_by_role("radio", name="Tiny VGG").click()
    drawn(page, "network='tiny_vgg'")
    page.get_by_role("radio", name="network", exact=True).click()
    page.get_by_role("combobox", name="Show").fill("module2_conv1")
    page.get_by_role("option", name="module2_conv1").click()
    drawn(page, "module2_conv1")
    page.get_by_role("spinbutton").fill("3")
    page.get_by_role("spinbutton").press("Enter")
    expect(page).to_have_url(re.compile("map=3"))
    other = visitor(page.url.removeprefix(visitor.server.url).lstrip("/"))
    on_the_layer(other)
    expect(other.get_by_role("radio", name="network", exact=True)).to_be_checked()


def test_back_and_forward_take_one_step_each(visitor):
    page = visitor(LAYER)
    on_the_layer(page)
    page.get_by_role("button", name="Next").click()
    drawn(page, "module2_relu1")
    turn_to(page, "Look", "Classify")
    drawn(page, "sample-cat/tiny_vgg/True/")
    page.go_back()
    drawn(page, "module2_relu1")
    expect(page.locator(".value")).to_contain_text("map 3, ")
    page.go_back()
    on_the_layer(page)
    page.go_forward()
    drawn(page, "module2_relu1")
    page.go_forward()
    drawn(page, "sample-cat/tiny_vgg/True/")


def test_a_number_of_the_network_opens_and_leads_back(visitor):
    page = visitor(LAYER)
    on_the_layer(page)
    point(page, ".large", 11.5 / 16, 4.5 / 16)
    number = float(page.locator(".value").get_attribute("data-value"))
    page.get_by_role("button", name="Take this number apart").click()
    drawn(page, "/module2_conv1/3/(4, 11)/")
    expect(page).to_have_url(re.compile("/convolution"))
    assert (read(page).cell, read(page).value) == ((4, 11), pytest.approx(number, rel=1e-5))
    page.get_by_role("button", name="In the network").click()
    expect(page).to_have_url(re.compile("/network"))
    on_the_layer(page)
    settle(page)
    page.go_back()
    drawn(page, "/module2_conv1/3/(4, 11)/")
    assert read(page).cell == (4, 11)
    page.go_back()
    on_the_layer(page)


def test_each_kind_of_number_opens_on_its_page(visitor):
    page = visitor(LAYER)
    on_the_layer(page)
    for step, place in {"module2_relu1": "activation", "module1_pool": "pooling", "dense": "dense"}.items():
        travel(page, f"network?network=Tiny VGG&layer={step}&map=3", f"/{step}/")
        page.locator(".large").focus()
        number = float(page.locator(".value").get_attribute("data-value"))
        page.keyboard.press("Enter")
        drawn(page, f"/{step}/3/")
        expect(page).to_have_url(re.compile(rf"/{place}\?"))
        assert read(page).value == pytest.approx(number, rel=1e-5, abs=1e-7)
        page.get_by_role("button", name="In the network").click()
        drawn(page, f"/{step}/0")
        expect(page.locator(".st-key-maps input")).to_have_value("3")


def test_the_way_to_the_button_does_not_change_the_number(visitor):
    page = visitor(LAYER)
    on_the_layer(page)
    point(page, ".large", 11.5 / 16, 4.5 / 16)
    page.mouse.down()
    page.mouse.up()
    button = page.get_by_role("button", name="Take this number apart").bounding_box()
    page.mouse.move(button["x"] + 20, button["y"] + 10, steps=20)
    page.mouse.down()
    page.mouse.up()
    drawn(page, "/module2_conv1/3/")
    assert read(page).cell == (4, 11)
