"""Every page clicked through without a browser: what it draws, and that the engine computed it."""
import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from torch import Tensor

from core import answers, gradients, images, overview, samples, trace, zoo
from core.networks import efficientnet_lite0
from pages.shared import cached, photos, tables, words
from tests.hostile import save
from tests.test_components import unpack

LARGE = "efficientnet_lite0"
ROOT = Path(__file__).resolve().parents[1]
HOME, *OTHERS = PAGES = ["classify", "network"]
TRAINING = ["trained", "untrained"]
LOAD, READ = cache(zoo.load), cache(samples.load)
PLACES = [  # one of each kind of drawing
    ("classify", {}),
    ("network", {"network": LARGE}),
    ("network", {"network": LARGE, "layer": "blocks_3"}),
    ("network", {"network": "tiny_vgg", "layer": "module2_conv1", "map": "3"}),
    ("network", {"network": "lenet", "layer": "dense1", "map": "7"}),
]


FOLDS = ["fold-answers", "fold-heat", "fold-layers", "fold-cells", "fold-code", "fold-sources"]


class Navigated(PagesManager):
    """As on a server whose first visitor has come: st.navigation decides, and not the folder called pages.

    AppTest starts each run as on a fresh server, which passes app.py over.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        PagesManager.uses_pages_directory = False


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing cached but weights and pictures: all AppTests share one session id, so even session caches would leak."""
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", Navigated)
    monkeypatch.setattr(zoo, "load", LOAD)
    monkeypatch.setattr(samples, "load", READ)
    st.cache_data.clear()
    st.cache_resource.clear()


# ---- what the visitor sees --------------------------------------------------------------------


def opened(page: str = HOME, **link: str) -> AppTest:
    """The page as a visitor sees it who follows a link to it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    at.query_params.update(link)
    if page != HOME:
        at.switch_page(f"pages/{page}.py")
    return whole(unfolded(at).run())


def gone(at: AppTest, page: str) -> AppTest:
    """The same visitor on another page."""
    return whole(unfolded(at.switch_page(f"pages/{page}.py")).run())


def unfolded(at: AppTest) -> AppTest:
    """With every part of the page open, as after a click on each."""
    for fold in FOLDS:
        at.session_state[fold] = True
    return at


def whole(at: AppTest) -> AppTest:
    """The page, if it has its frame, one title and no error."""
    assert [error.message for error in at.exception] == []
    assert len(at.title) == 1
    assert at.get_by_key("filmstrip")
    assert at.button_group(key="network")
    return at


def sent(at: AppTest, name: str) -> dict:
    """What the browser component of that name was given."""
    found = [one.proto for one in at.get("bidi_component") if one.proto.component_name == f"torchlight_{name}"]
    assert len(found) == 1, f"{len(found)} components {name}"
    return unpack(found[0].bytes)


def situations(page: str, name: str) -> Iterator[tuple[AppTest, tuple[str, str, str]]]:
    """The page with that network before and after training, for each fit."""
    at = opened(page, network=name)
    for training in TRAINING:
        whole(at.button_group(key="training").set_value(training).run())
        for fit in images.FITS:
            yield whole(at.button_group(key="fit").set_value(fit).run()), (name, training, fit)


def scene(at: AppTest) -> tuple:
    """Everything that is drawn, without the names under which the browser files it."""
    parts = [unpack(one.proto.bytes) for one in at.get("bidi_component")]
    parts = [{key: str(part[key]) for key in part if key not in ("shows", "key", "selected")} for part in parts]
    tables = [table.value.to_csv() for table in at.dataframe]
    charts = [chart.proto.spec for chart in at.get("plotly_chart")]
    return parts, [text.value for text in at.markdown], tables, charts, len(at.camera_input)


# ---- what the engine says ---------------------------------------------------------------------


def network(name: str, training: str = "trained") -> zoo.Network:
    return LOAD(name, training == "trained")


@cache
def fitted(name: str, fit: str, sample: str = "cat") -> images.Fitted:
    return images.fit(READ(sample), zoo.spec(name).preprocessing, fit)


def traced(name: str, training: str, fit: str, sample: str = "cat") -> dict[str, trace.Step]:
    net = network(name, training)
    return trace.trace(net.graph, images.to_tensor(fitted(name, fit, sample), net.preprocessing))


def first_answer(name: str, picture: Image.Image) -> answers.Prediction:
    net = network(name)
    return answers.best(net, answers.probabilities(net, images.fit(picture, net.preprocessing)))[0]


def photo(sample: str) -> bytes:
    """A JPEG as a visitor would upload it."""
    return images.to_jpeg(READ(sample))


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return whole(at.file_uploader[0].set_value([(name, data, "image/jpeg") for name, data in files]).run())


def heading(name: str, data: bytes) -> str:
    best = first_answer(name, images.decode(data))
    return f"{best.label} – {answers.certainty(best.probability)}, {words.percent(best.probability)}"


# ---- every page, every situation --------------------------------------------------------------


def test_every_page_is_in_the_table_of_contents():
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text())) if isinstance(node, ast.Call)]
    listed = [call.args[0].value for call in calls if getattr(call.func, "attr", "") == "Page"]
    files = sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))
    assert sorted(listed) == files == sorted(f"pages/{page}.py" for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_very_first_visitor_gets_the_frame(page, monkeypatch):
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", PagesManager)  # a fresh server
    at = opened(page, network="tiny_vgg")
    assert (at.title[0].value == opened().title[0].value) == (page == HOME)
    assert at.session_state["network"] == "tiny_vgg"


@pytest.mark.parametrize("name", zoo.SPECS)
def test_classify_says_what_the_engine_says(name):
    for at, (_, training, fit) in situations(HOME, name):
        shown, net, square = sent(at, "answer"), network(name, training), fitted(name, fit)
        best = answers.best(net, answers.probabilities(net, square))
        got = [(p["label"], p["index"], pytest.approx(p["probability"], abs=1e-6)) for p in shown["predictions"]]
        assert got == [(p.label, p.index, p.probability) for p in best]
        chance = best[0].probability
        assert shown["heading"].startswith(f"{best[0].label} – {answers.certainty(chance)}, ")
        assert shown["heading"].endswith(f"{100 * chance:.1f} %")
        heat = gradients.grad_cam(net.graph, images.to_tensor(square, net.preprocessing), best[0].index)
        np.testing.assert_allclose(shown["cam"], heat.ravel(), rtol=1e-4, atol=1e-6)
        assert shown["heat"]["most"] == shown["cam"].max()
        assert (shown["heat"]["rows"], shown["heat"]["columns"]) == heat.shape


@pytest.mark.parametrize("name", zoo.SPECS)
def test_classify_shows_exactly_what_the_network_gets(name):
    width, height = READ("cat").size
    for at, (_, _, fit) in situations(HOME, name):
        shown, square = sent(at, "answer"), fitted(name, fit)
        with Image.open(io.BytesIO(shown["input"].tobytes())) as got:
            np.testing.assert_array_equal(got.convert("RGB"), square.picture.convert("RGB"))
        assert f"{square.picture.width} × {square.picture.height} pixels" in shown["got"]
        scale = [shown["photo"]["width"] / width, shown["photo"]["height"] / height] * 2
        assert shown["box"] == pytest.approx([edge * by for edge, by in zip(square.box, scale, strict=True)])


@pytest.mark.parametrize("name", zoo.SPECS)
def test_all_answers_are_in_the_table(name):
    net, table = network(name), opened(network=name).dataframe[0].value
    chances = answers.probabilities(net, fitted(name, "centre")).numpy()
    assert sorted(table["label"]) == sorted(net.labels)
    assert list(table["label"]) == [net.labels[index] for index in table["index"]]
    np.testing.assert_allclose(table["probability"], chances[table["index"]], atol=1e-6)
    assert table["probability"].is_monotonic_decreasing
    assert table["probability"].sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_network_map_shows_what_the_engine_traced(name):
    for at, situation in situations("network", name):
        shown, steps = sent(at, "network_map"), traced(*situation)
        columns = overview.whole(steps)
        assert [column["name"] for column in shown["columns"]] == [column.name for column in columns]
        for i, column in enumerate(columns):
            output = overview.as_maps(steps[column.step].output).numpy()[column.chosen]
            low, high = shown[f"ranges{i}"].reshape(-1, 2).T
            np.testing.assert_allclose(low, output.min(axis=(1, 2)), rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(high, output.max(axis=(1, 2)), rtol=1e-4, atol=1e-5)
            spread = (high - low)[:, None, None]
            values = low[:, None, None] + spread * shown[f"maps{i}"].reshape(column.maps.shape) / 255
            assert (np.abs(values - column.maps) <= spread / 500 + 1e-5).all()  # half a step of 255


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_map_ends_in_the_answer_and_knows_the_extremes(name):
    shown, steps = sent(opened("network", network=name), "network_map"), traced(name, "trained", "centre")
    net, outputs = network(name), [step.output for step in steps.values() if step.kind != "Input"]
    best = answers.best(net, answers.probabilities(net, fitted(name, "centre")), 10)
    assert [one["label"] for one in shown["classes"]] == [one.label for one in best]
    assert [one["probability"] for one in shown["classes"]] == pytest.approx([p.probability for p in best], abs=1e-5)
    low, high = shown["whole"]
    if name != LARGE:  # of which only the last step of each block is drawn
        assert low == pytest.approx(min(output.min().item() for output in outputs), rel=1e-5)
        assert high == pytest.approx(max(output.max().item() for output in outputs), rel=1e-5)
    assert low == min(column["low"] for column in shown["columns"][1:])
    assert high == max(column["high"] for column in shown["columns"][1:])


# ---- one layer --------------------------------------------------------------------------------


@cache
def step_names(name: str) -> list[str]:
    return list(traced(name, "trained", "centre"))


def some_layers(name: str) -> list[str]:
    """Every layer of a small network, a block and both ends of the large one."""
    names = step_names(name)
    large = [one for one in names if one.startswith(("stem", "blocks_7_"))]
    return large + names[-6:] if len(names) > overview.MANY_STEPS else names


@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_layer_shows_the_truth(name):
    at, steps = opened("network", network=name), traced(name, "trained", "centre")
    outputs = [step.output for step in steps.values() if step.kind != "Input"]
    extremes = min(output.min().item() for output in outputs), max(output.max().item() for output in outputs)
    for layer in some_layers(name):
        whole(at.selectbox(key="layer").set_value(layer).run())
        shown, step = sent(at, "layer_view"), steps[layer]
        assert shown["step"] == layer
        assert shown["network"] == pytest.approx(extremes, rel=1e-4)
        compare_values(shown, step.output.numpy())
        compare_weights(shown, getattr(step.layer, "weight", None))
        compare_sentence(next(text.value for text in at.markdown if "multiply-adds:" in text.value), step)


def compare_values(shown: dict, output: np.ndarray) -> None:
    count = len(shown["shown"])
    maps = output[:count].reshape(count, -1)
    assert shown["shown"] == list(range(count))
    np.testing.assert_allclose(shown["maps"], maps.ravel(), rtol=1e-4, atol=1e-4)
    ranges = np.stack([maps.min(axis=1), maps.max(axis=1)], axis=1)
    np.testing.assert_allclose(shown["ranges"], ranges.ravel(), rtol=1e-4, atol=1e-4)
    assert (shown["low"], shown["high"]) == pytest.approx((output.min(), output.max()), rel=1e-4, abs=1e-4)


def compare_weights(shown: dict, weight: Tensor | None) -> None:
    if weight is None or weight.ndim == 1:  # a batch norm has one number a map
        assert shown["filter"] is None
    else:
        np.testing.assert_array_equal(shown["weights"], weight[shown["map"]].numpy().ravel())
        assert shown["filter"]["most"] == np.abs(shown["weights"]).max()


def compare_sentence(text: str, step: trace.Step) -> None:
    assert f"shape **{' × '.join(f'{length:,}' for length in step.output.shape)}**" in text
    learned = sum(tensor.numel() for tensor in step.layer.parameters()) if step.layer else 0
    assert f"= **{learned:,}** · multiply-adds" in text
    assert f"values {words.number(step.output.min())} … {words.number(step.output.max())}" in text
    share = float(re.search(r"\*\*[<> ]*([\d.]+) ?%\*\* of them zero", text).group(1))
    assert share == pytest.approx(100 * (step.output == 0).float().mean().item(), abs=0.101)


def test_the_layer_table_adds_up():
    table = next(t.value for t in opened("network").dataframe if "multiply-adds" in t.value)
    learned = sum(tensor.numel() for tensor in efficientnet_lite0.EfficientNetLite0().parameters())
    assert list(table["layer"]) == step_names(LARGE)
    assert table["parameters"].sum() == learned
    assert any(f"**{learned:,}** learned numbers" in text.value for text in opened("network").markdown)


def test_the_chosen_map_is_the_table_below_it():
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="5")
    output = traced("tiny_vgg", "trained", "centre")["module2_conv1"].output[5]
    np.testing.assert_allclose(at.dataframe[0].value.to_numpy(), output, rtol=1e-5, atol=1e-6)
    weights = network("tiny_vgg").graph.get_submodule("module2.conv1").weight[5].numpy()
    table = at.dataframe[1].value
    np.testing.assert_array_equal(weights[table["channel"], table["row"], table["column"]], table["weight"])


# ---- no dead control --------------------------------------------------------------------------

KINDS = ["button_group", "selectbox", "number_input", "toggle", "checkbox", "slider", "select_slider", "radio"]
TITLES = {spec.title: name for name, spec in zoo.SPECS.items()}


def controls(at: AppTest) -> list[tuple[str, str]]:
    return [(kind, widget.key) for kind in KINDS for widget in at.get(kind)]


def ends(kind: str, widget) -> tuple:
    if kind in ("toggle", "checkbox"):
        return False, True
    if hasattr(widget, "options"):
        return tuple(TITLES.get(widget.options[at], widget.options[at]) for at in (0, -1))
    return widget.min, widget.max


@pytest.mark.parametrize(("page", "link"), PLACES)
def test_no_control_is_dead(page, link):
    for kind, key in controls(opened(page, **link)):
        at = opened(page, **link)
        seen = [scene(whole(at.get_by_key(key).set_value(end).run())) for end in ends(kind, at.get_by_key(key))]
        assert seen[0] != seen[1], f"{key} changes nothing"


@pytest.mark.parametrize("name", zoo.SPECS)
def test_whole_network_blocks_and_layers_can_be_chosen(name):
    at, names = opened("network", network=name), step_names(name)
    options = at.selectbox(key="layer").options
    blocks = list(dict.fromkeys(overview.block_of(layer) for layer in names)) if name == LARGE else []
    groups = ["whole", *(block for block in blocks if block not in names)]
    assert options == [*groups, *names]
    for group in groups:
        shown = sent(whole(at.selectbox(key="layer").set_value(group).run()), "network_map")
        assert {overview.block_of(column["name"]) for column in shown["columns"][1:]} >= {group} - {"whole"}


def test_every_built_in_picture_opens():
    at = opened(network="lenet")
    seen = []
    for name in samples.SAMPLES:
        seen.append(scene(whole(at.selectbox(key="picture").set_value(name).run())))
        assert samples.SAMPLES[name].title in sent(at, "answer")["alt"]
    assert all(one != other for one, other in pairwise(seen))


def test_the_buttons_of_a_layer_lead_along_and_out():
    at = opened("network", network=LARGE, layer="blocks_3_expand_conv", map="7")
    names = step_names(LARGE)
    where = lambda: at.session_state["layer"]  # noqa: E731
    at.button(key="next").click().run()
    assert where() == names[names.index("blocks_3_expand_conv") + 1]
    whole(at.button(key="previous").click().run())
    assert (where(), at.session_state["map"]) == ("blocks_3_expand_conv", 7)
    whole(at.button(key="up").click().run())
    assert where() == "blocks_3"
    whole(at.button(key="next").click().run())
    assert where() == "blocks_4"
    whole(at.button(key="up").click().run())
    assert where() == "whole"
    assert [button.key for button in at.button] == []


def test_maps_beyond_the_first_page_are_reached():
    at = opened("network", network=LARGE, layer="stem_conv")
    output, seen = traced(LARGE, "trained", "centre")["stem_conv"].output.numpy(), []
    while True:
        shown = sent(at, "layer_view")
        np.testing.assert_allclose(shown["maps"], output[shown["shown"]].ravel(), rtol=1e-4, atol=1e-4)
        seen += shown["shown"]
        if at.button(key="maps-after").disabled:
            break
        whole(at.button(key="maps-after").click().run())
    assert seen == list(range(len(output)))
    assert at.number_input(key="map").value == seen[-len(shown["shown"])]
    whole(at.button(key="maps-before").click().run())
    assert sent(at, "layer_view")["shown"][-1] == shown["shown"][0] - 1


# ---- what follows the visitor -----------------------------------------------------------------


@pytest.mark.parametrize(("page", "link"), PLACES)
def test_choices_survive_a_visit_to_another_page(page, link):
    choices = {"training": "untrained", "fit": "whole", "picture": "coffee"}
    choices |= {"range": "network"} if page == "network" else {}
    at = opened(page, **link)
    for key, value in choices.items():
        whole(at.get_by_key(key).set_value(value).run())
    for toggle in at.toggle:
        whole(at.toggle(key=toggle.key).set_value(True).run())
    before = scene(at)
    for other in [*OTHERS, HOME]:
        gone(at, other)
        assert {key: at.session_state[key] for key in ("training", "fit", "picture")}.items() <= choices.items()
    assert scene(gone(at, page)) == before


def test_changing_the_network_leaves_no_foreign_layer():
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="31")
    whole(at.button_group(key="network").set_value(LARGE).run())
    assert at.session_state["layer"] == "whole"
    assert sent(at, "network_map")["columns"][1]["name"] == "stem"


def test_a_layer_both_networks_have_stays_and_its_map_fits():
    at = opened("network", network="tiny_vgg", layer="module2_pool", map="31")
    whole(at.button_group(key="network").set_value("lenet").run())
    assert (at.session_state["layer"], at.session_state["map"]) == ("module2_pool", 15)
    assert sent(at, "layer_view")["map"] == 15


def test_a_link_says_everything():
    link = {"network": "lenet", "training": "untrained", "fit": "whole", "picture": "digit-5"}
    at = opened("network", **link, layer="module2_conv", map="9", range="layer")
    shown = sent(at, "layer_view")
    assert (shown["step"], shown["map"], shown["range"]) == ("module2_conv", 9, "layer")
    output = traced("lenet", "untrained", "whole", "digit-5")["module2_conv"].output.numpy()
    np.testing.assert_allclose(shown["maps"], output.ravel(), rtol=1e-4, atol=1e-5)


KEYS = ["network", "training", "fit", "picture", "layer", "range", "map", "search"]
NONSENSE = [dict.fromkeys(KEYS, ""), *({key: ""} for key in KEYS)]
NONSENSE += [dict.fromkeys(KEYS, value) for value in ("foo", "../../etc/passwd", "<b>x</b>", "\0", "9" * 400)]
NONSENSE += [{"map": value} for value in ("99999", "-1", "abc", "2.5", "1e400", "nan", "٣", "9" * 400)]
NONSENSE += [{"layer": "nope"}, {"layer": "blocks_3"}, {"network": "lenet", "layer": "module3_pool", "map": "63"}]
NONSENSE += [{"layer": ["module1_conv1", "dense"]}, {"network": ["", "lenet"]}, {"picture": ["cat", "nothing"]}]


@pytest.mark.parametrize("link", NONSENSE, ids=lambda link: repr(link)[:40])
def test_a_link_with_nonsense_falls_back(link):
    place = {"network": "tiny_vgg", "layer": "module2_conv1", "map": "1"} | link
    for page in PAGES:
        at = opened(page, **place)
        state = at.session_state
        assert state["network"] in zoo.SPECS
        assert state["training"] in TRAINING
        assert state["fit"] in images.FITS
        assert state["picture"] in samples.SAMPLES
    assert state["range"] in ("unit", "layer", "network")
    if state["layer"] == "whole":
        assert sent(at, "network_map")["classes"]
    else:
        assert sent(at, "layer_view")["map"] in sent(at, "layer_view")["shown"]


# ---- the visitor's own photos -----------------------------------------------------------------


def test_one_photo_is_classified_and_traced():
    data = photo("coffee")
    at = upload(opened(network="tiny_vgg"), ("My cup.jpg", data))
    shown = sent(at, "answer")
    assert shown["heading"] == heading("tiny_vgg", data)
    assert "My cup.jpg" in shown["alt"]
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["My cup.jpg"]
    net = network("tiny_vgg")
    image = images.to_tensor(images.fit(images.decode(data), net.preprocessing), net.preprocessing)
    gone(at, "network")
    whole(at.selectbox(key="layer").set_value("module3_pool").run())
    output = trace.trace(net.graph, image)["module3_pool"].output
    np.testing.assert_allclose(sent(at, "layer_view")["maps"], output.ravel(), rtol=1e-4, atol=1e-5)


def test_a_broken_photo_is_named_and_the_others_stand():
    good = {"cup.jpg": photo("coffee"), "bloom.jpg": photo("flower")}
    (cup, cup_data), (bloom, bloom_data) = good.items()
    at = upload(opened(network="tiny_vgg"), (cup, cup_data), ("note.jpg", b"%PDF-1.4 not a photo"), (bloom, bloom_data))
    assert len(at.error) == 1
    assert words.plain("note.jpg") in at.error[0].value
    assert "This is a PDF; save the page as PNG or JPEG." in at.error[0].value
    table = next(t.value for t in at.dataframe if "photo" in t.value)
    best = [first_answer("tiny_vgg", images.decode(data)) for data in good.values()]
    assert list(table["photo"]) == [cup, bloom]
    assert list(table["answer"]) == [one.label for one in best]
    assert list(table["probability"]) == pytest.approx([one.probability for one in best], abs=1e-6)
    assert list(table["how sure"]) == [answers.certainty(one.probability) for one in best]
    assert sent(at, "answer")["heading"] == heading("tiny_vgg", bloom_data)  # the last one is in hand
    whole(at.button(key="close-problems").click().run())
    assert not at.error


def test_only_broken_photos_leave_the_picture_in_hand():
    at = opened(picture="coffee")
    before = scene(at)
    upload(at, ("a.jpg", b""), ("b.png", b"hello"))
    assert at.error[0].value.count("**") == 4
    assert scene(at) == before


def test_the_same_photo_twice_is_one():
    data = photo("coffee")
    at = upload(opened(), ("cup.jpg", data), ("other.jpg", photo("flower")), ("again.jpg", data))
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["cup.jpg", "other.jpg"]
    assert "cup.jpg" in sent(at, "answer")["alt"]
    upload(at, ("cup.jpg", data))
    assert len(at.session_state["photos"]) == 2


def test_another_photo_of_the_same_name_gets_its_own_answer():
    first, second = photo("coffee"), photo("flower")
    at = upload(opened(), ("photo.jpg", first))
    told = [sent(at, "answer")["heading"]]
    for data in (second, first):
        told.append(sent(upload(at, ("photo.jpg", data)), "answer")["heading"])
    assert told == [heading(LARGE, data) for data in (first, second, first)]
    assert told[0] != told[1]


def test_there_is_room_for_so_many_and_a_sentence_for_the_next():
    plain = [Image.new("RGB", (40, 30), (at * 10, 90, 200)) for at in range(photos.MOST + 1)]
    at = upload(opened(network="lenet"), *((f"{i}.png", save(one, "PNG")) for i, one in enumerate(plain)))
    assert len(at.session_state["photos"]) == photos.MOST
    assert f"There is room for {photos.MOST} photos" in at.error[0].value
    assert at.error[0].value.startswith(f"**{words.plain(f'{photos.MOST}.png')}**")
    assert len(next(t.value for t in at.dataframe if "photo" in t.value)) == photos.MOST


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>.png", "![x](http://evil.example/x.png).jpg", "**a** :red[b] `c` $d$ ~e~.jpg"]
)
def test_a_name_is_only_a_name(name):
    at = upload(opened(network="lenet"), (name, b"broken"), (name, photo("coffee")))
    assert words.plain(name) in at.error[0].value
    assert name not in at.error[0].value  # nothing in it is left for Markdown to act on
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == [name]
    take_away(at)
    assert at.info[0].value == f"**{words.plain(name)}** is removed."


def take_away(at: AppTest) -> photos.Photo:
    """What the cross on a thumbnail does; a component's events can't be sent without a browser."""
    *others, last = at.session_state["photos"]
    at.session_state["removed"] = photos.Removed(last, len(others), at.session_state["photo"])
    at.session_state["photos"], at.session_state["photo"] = others, others[-1].id if others else None
    whole(at.run())
    return last


def test_what_comes_of_ones_own_photo_is_kept_in_the_session_only(monkeypatch):
    used = []

    def cache_resource(scope="everybody", **_):
        return lambda function: lambda *key: used.append(scope)

    monkeypatch.setattr(cached.st, "cache_resource", cache_resource)
    look = cached._per_visitor(everybody=1, own=1)(lambda photo, digest: None)
    for own in (True, False):
        look(photos.make("photo-1", "cup.jpg", READ("coffee"), "digest", own))
    assert used == ["session", "everybody"]


def test_a_removed_photo_comes_back():
    at = upload(opened(network="tiny_vgg"), ("cup.jpg", photo("coffee")), ("bloom.jpg", photo("flower")))
    before = scene(at)
    take_away(at)
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["cup.jpg"]
    assert sent(at, "answer")["alt"].startswith("cup.jpg")
    whole(at.button(key="undo").click().run())
    assert scene(at) == before
    assert not at.info
    take_away(at)
    whole(at.button(key="close-removed").click().run())
    assert not at.info
    assert len(at.session_state["photos"]) == 1


def test_a_photo_from_the_camera_is_in_hand():
    at, data = opened(), photo("astronaut")
    whole(at.toggle[0].set_value(True).run())
    whole(at.camera_input[0].set_value(("camera.jpg", data, "image/jpeg")).run())
    assert sent(at, "answer")["heading"] == heading(LARGE, data)


def test_a_built_in_picture_takes_over_from_ones_own():
    at = upload(opened(), ("cup.jpg", photo("coffee")))
    whole(at.selectbox(key="picture").set_value("flower").run())
    assert samples.SAMPLES["flower"].title in sent(at, "answer")["alt"]


# ---- tables -----------------------------------------------------------------------------------


def saved(monkeypatch, at: AppTest, page: str) -> dict[str, pd.DataFrame]:
    """The CSV files that the page offers, by name."""
    files = {}
    keep = lambda label, data, name, *rest, **more: files.update({name: pd.read_csv(io.StringIO(data()))})  # noqa: E731
    monkeypatch.setattr(tables.st, "download_button", keep)
    gone(at, page)
    return files


def test_what_is_saved_is_what_is_shown(monkeypatch):
    at = upload(opened(network="tiny_vgg"), ("cup, “mine”.jpg", photo("coffee")), ("bloom.jpg", photo("flower")))
    files = saved(monkeypatch, at, HOME)
    shown = {"photos.csv": "photo", "answers.csv": "index"}
    assert set(files) == set(shown)
    for name, column in shown.items():
        table = next(t.value for t in at.dataframe if column in t.value)
        pd.testing.assert_frame_equal(files[name], table.drop(columns="picture", errors="ignore"))


def test_a_map_is_saved_at_full_precision(monkeypatch):
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="5")
    files = saved(monkeypatch, at, "network")
    output = traced("tiny_vgg", "trained", "centre")["module2_conv1"].output[5]
    np.testing.assert_allclose(files["module2_conv1-5.csv"].to_numpy(), output, rtol=1e-6)
    assert len(files["module2_conv1-5-weights.csv"]) == 16 * 3 * 3


def test_the_label_search_finds_or_says_no():
    at = opened()
    whole(at.text_input(key="search").set_value("TERRIER").run())
    terriers = [label for label in zoo.spec(LARGE).labels if "terrier" in label.lower()]
    assert sorted(at.dataframe[0].value["label"]) == sorted(terriers)
    whole(at.text_input(key="search").set_value("*unicorn* <b>").run())
    assert f"“{words.plain('*unicorn* <b>')}”" in at.info[0].value
    assert not any("label" in table.value for table in at.dataframe)
    whole(at.text_input(key="search").set_value("").run())
    assert len(at.dataframe[0].value) == 1000


@pytest.mark.parametrize(("gone", "next_in_hand"), [(0, "photo-2"), (1, "photo-3"), (2, "photo-2")])
def test_removing_leaves_the_neighbour_in_hand_and_undo_restores_the_row(monkeypatch, gone, next_in_hand):
    row = [photos.make(f"photo-{n}", f"{n}", READ("cat"), f"{n}", own=True) for n in (1, 2, 3)]
    state = {"photos": row, "photo": row[gone].id}
    monkeypatch.setattr(photos.st, "session_state", state)
    removed = photos.remove(row[gone].id)
    assert (state["photo"], len(state["photos"])) == (next_in_hand, 2)
    photos.put_back(removed)
    assert state == {"photos": row, "photo": row[gone].id}
    assert photos.remove("photo-9") is None


@pytest.mark.parametrize(("name", "written"), [("=1+1.jpg", "'=1+1.jpg"), ("@a.png", "'@a.png"), ("a.jpg", "a.jpg")])
def test_no_file_name_becomes_a_formula(name, written):
    assert words.no_formula(name) == written


def test_the_row_of_pictures_marks_the_one_of_the_link():
    assert sent(opened(picture="coffee"), "filmstrip")["selected"] == "coffee"
