"""A few neurons in a browser: what is pointed at, stepped through and typed is what the engine has."""
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from core import iterations, neurons
from core.neurons import EXAMPLE
from tests.browser.checks import fits
from tests.tools.shots import drawn

ITERATIONS = list(iterations.train(EXAMPLE, 30))


def read(page: Page) -> float:
    """The last result in the panel."""
    return float(page.locator(".lines .step b").last.inner_text().replace("−", "-"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_stepping_goes_through_four_stages_without_asking(visitor):
    page = visitor("neuron")
    drawn(page)
    sent = len(visitor.frames)
    stages = page.locator(".stages button")
    for at, stage in enumerate(("Forward", "Loss", "Backward", "Update")):
        expect(stages.nth(at)).to_have_attribute("aria-pressed", "true")
        expect(stages.nth(at)).to_contain_text(stage)
        if stage == "Update":
            after = ITERATIONS[0].after.parameters["w1.1.1"]
            assert read(page) == pytest.approx(after, rel=1e-3)
            assert len(visitor.frames) == sent
        page.get_by_role("button", name="Step ▶").click()
    expect(page.locator(".count")).to_have_text("iteration 1")
    page.get_by_role("button", name="◀ Step").click()
    expect(page.locator(".count")).to_have_text("iteration 0")
    expect(page).to_have_url(re.compile("stage=3"))


def test_keys_go_from_number_to_number_and_type_one(visitor):
    page = visitor("neuron?chosen=x1")
    drawn(page)
    page.locator(".graph").focus()
    press(page, "ArrowDown")
    title = page.locator(".neurons section h2")
    expect(title).not_to_have_text("Input 1")
    press(page, "ArrowUp")
    expect(title).to_have_text("Input 1")
    press(page, "Enter")
    page.keyboard.type("−1/4")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("own="))
    drawn(page, "inputs=(-0.25, 0.5)")
    changed = neurons.begin((2, 2, 2), (-0.25, 0.5), (0.9, 0.1), "tanh", 0.3, 2)
    losses = neurons.loss(changed)
    page.get_by_role("button", name="2 Loss").click()
    expect(page).to_have_url(re.compile("stage="))
    page.locator(".graph").focus()
    for _ in range(len(EXAMPLE.parameters) + 12):  # all there is to choose
        if title.inner_text() == "Target 1":
            break
        press(page, "ArrowDown")
        page.evaluate("() => new Promise(requestAnimationFrame)")  # the title follows with the next frame
    expect(title).to_have_text("Target 1")
    first = iterations.iterate(changed).loss.parts[0].value
    assert read(page) == pytest.approx(first, rel=1e-3)
    assert first < losses


def test_nonsense_is_named_and_loses_nothing(visitor):
    page = visitor("neuron")
    drawn(page)
    page.locator(".given input").fill("abc")
    page.locator(".given input").press("Enter")
    expect(page.locator(".problem")).to_contain_text("Write a number from −1,000,000 to 1,000,000")
    page.locator(".given input").fill("1e30")
    page.locator(".given input").press("Enter")
    expect(page.locator(".problem")).to_contain_text("1,000,000")
    assert "own=" not in page.url
    page.locator(".graph").focus()
    press(page, "ArrowDown")
    expect(page.locator(".problem")).to_be_empty()
    expect(page.locator(".given input")).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize("pause", [300, 380, 450])
def test_a_number_typed_soon_after_an_arrow_key_is_kept(visitor, pause):
    page = visitor("neuron")
    drawn(page)
    page.locator(".graph").focus()
    press(page, "ArrowDown", "Enter")
    page.wait_for_timeout(pause)
    page.keyboard.type("0.5")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("own="))
    drawn(page, "/0/0/w1.1.2/")  # iteration, stage, chosen
    own = parse_qs(urlsplit(page.url).query)["own"][0].split(",")
    assert float(own[list(EXAMPLE.parameters).index("w1.1.2")]) == 0.5


def test_what_is_chosen_while_a_typed_number_is_on_its_way_stays_chosen(visitor):
    page = visitor("neuron?chosen=x1")
    drawn(page)
    page.locator(".given input").fill("0.75")
    page.locator(".graph").focus()  # the field is left: the number is sent
    press(page, "ArrowDown")
    drawn(page, "inputs=(0.75, 0.5)")
    expect(page.locator(".neurons section h2")).not_to_have_text("Input 1")
    expect(page).to_have_url(re.compile("chosen=(?!x1)"))


def test_it_stops_at_the_last_iteration_and_says_so(visitor):
    page = visitor("neuron?shape=One+neuron&at=1998")
    drawn(page)
    page.get_by_label("Speed").select_option("20 iterations a second")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".count")).to_have_text("iteration 2000, the last one here")
    expect(page.get_by_role("button", name="Run")).to_be_disabled()
    expect(page.get_by_role("button", name="Step ▶")).to_be_disabled()
    expect(page).to_have_url(re.compile("at=2000"))


def test_titles_of_charts_stand_clear_of_their_legends(visitor):
    page = visitor("neuron", width=390)
    drawn(page)
    charts = page.locator(".js-plotly-plot")
    expect(charts).to_have_count(2)
    for chart in charts.all():
        title, legend = (chart.locator(part).first.bounding_box() for part in (".gtitle", ".legend"))
        assert title["y"] + title["height"] <= legend["y"]


def test_it_runs_until_it_is_paused_and_the_link_follows(visitor):
    page = visitor("neuron")
    drawn(page)
    page.get_by_label("Speed").select_option("20 iterations a second")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".count")).to_have_text(re.compile("iteration [1-9][0-9]"))
    page.get_by_role("button", name="Pause").click()
    reached = int(page.locator(".count").inner_text().split()[1])
    expect(page).to_have_url(re.compile(rf"at={reached}\b"))


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(visitor, width):
    page = visitor("neuron?shape=Three+layers", width=width)
    drawn(page)
    fits(page, page.locator(".graph"))
