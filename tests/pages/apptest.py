"""The pages without a browser: a visitor who follows links, clicks, and is sent what a browser would be sent."""
import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core import images
from tests.test_components import unpack

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ["trained", "untrained"]
FRAME = {"network", "training", "picture", "fit"}  # in every page's link
EVERYWHERE = r"-(network|training|picture|fit|(upload|use-camera|camera)-\d+)$"  # ids of the frame's controls
KINDS = ["button_group", "selectbox", "number_input", "toggle", "checkbox", "slider", "select_slider", "radio"]


def contents() -> dict[str, str]:
    """Page -> its title, in the order of the table of contents."""
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text())) if isinstance(node, ast.Call)]
    pages = [call for call in calls if getattr(call.func, "attr", "") == "Page"]
    titles = [next(option.value.value for option in page.keywords if option.arg == "title") for page in pages]
    return {Path(page.args[0].value).stem: title for page, title in zip(pages, titles, strict=True)}


def folds() -> list[str]:
    """The keys of all parts of pages that are made when they are opened."""
    sources = [path.read_text() for path in (ROOT / "pages").rglob("*.py")]
    return sorted({key for source in sources for key in re.findall(r'"(fold-\w+)"', source)})


TITLES = contents()
HOME, *OTHERS = PAGES = list(TITLES)
FOLDS = folds()


class Navigated(PagesManager):
    """As on a server whose first visitor has come: st.navigation decides, and not the folder called pages.

    AppTest starts each run as on a fresh server, which passes app.py over.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        PagesManager.uses_pages_directory = False


class Visit(AppTest):
    """An AppTest with an address bar: choices that are bound to the link stand in it unless they are the default."""

    def _run(self, widget_state: WidgetStates | None = None, timeout: float | None = None) -> AppTest:
        states = widget_state or WidgetStates()
        if self._page_hash:  # on the way to another page a browser sends what that one has, too
            states = WidgetStates(widgets=[one for one in states.widgets if re.search(EVERYWHERE, one.id)])
        else:
            self._write_address(states)  # browsers do so before the script runs
        super()._run(states, timeout)
        self._page_hash = ""  # the page that this run has led to is where the visitor goes on
        self._write_address(self._tree.get_widget_states())
        return self

    def _write_address(self, states: WidgetStates) -> None:
        known = {state.id: state for state in states.widgets}
        self.query_params = dict(self.query_params)
        for widget in [*self.button_group, *self.selectbox]:
            key, state = widget.proto.query_param_key, known.get(widget.id)
            if key and state:
                chosen = state.string_value or state.string_array_value.data[0]
                first = widget.proto.default if widget.type == "selectbox" else widget.proto.default[0]
                self.query_params[key] = chosen
                if chosen == _options(widget)[first]:
                    del self.query_params[key]


# ---- coming and going -------------------------------------------------------------------------


def opened(page: str = HOME, **link: str) -> AppTest:
    """The page as a visitor sees it who follows a link to it."""
    at = Visit(ROOT / "app.py", default_timeout=30)
    at.query_params.update(link)
    if page != HOME:
        at.switch_page(f"pages/{page}.py")
    return whole(unfolded(at).run())


def gone(at: AppTest, page: str) -> AppTest:
    """The same visitor on another page, by its name at the top; of the link a browser keeps what is the frame's."""
    at.query_params = {name: value for name, value in at.query_params.items() if name in FRAME}
    return whole(unfolded(at.switch_page(f"pages/{page}.py")).run())


def copied(at: AppTest) -> AppTest:
    """What somebody else sees who is given the link of this page."""
    return opened(page_of(at), **at.query_params)


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


def page_of(at: AppTest) -> str:
    """The page where the visitor is."""
    return next(page for page, title in TITLES.items() if title == at.session_state["page"])


def situations(page: str, name: str) -> Iterator[tuple[AppTest, tuple[str, str, str]]]:
    """The page with that network before and after training, for each fit."""
    at = opened(page, network=name)
    for training in TRAINING:
        whole(at.button_group(key="training").set_value(training).run())
        for fit in images.FITS:
            yield whole(at.button_group(key="fit").set_value(fit).run()), (name, training, fit)


# ---- clicking ---------------------------------------------------------------------------------


def controls(at: AppTest) -> list[str]:
    """The keys of all that can be chosen, typed, moved or switched."""
    return [widget.key for kind in KINDS for widget in at.get(kind) if not widget.proto.disabled]


def ways(widget) -> list:
    """All that can be done with a control, or both ends of it where there is no end of them; for `turn`."""
    if _options(widget):
        return list(range(len(_options(widget))))
    return [widget.min, widget.max] if hasattr(widget, "min") else [False, True]


def _options(widget) -> list[str]:
    return list(getattr(widget, "options", []))


def turn(at: AppTest, key: str, way: object) -> AppTest:
    """Choose an option by its place, or set a value, and see what comes of it."""
    widget = at.get_by_key(key)
    if not _options(widget):
        return whole(widget.set_value(way).run())
    state = widget._widget_state
    if widget.type == "selectbox":
        state.string_value = _options(widget)[way]
    else:
        state.string_array_value.data[:] = [_options(widget)[way]]
    return _after(at, state)


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Add photos, and see what comes of it."""
    return whole(at.file_uploader[0].set_value([(name, data, "image/jpeg") for name, data in files]).run())


def choose(at: AppTest, key: str, value: object) -> AppTest:
    """Choose a value, and see what comes of it."""
    return whole(at.get_by_key(key).set_value(value).run())


def press(at: AppTest, key: str) -> AppTest:
    """Click on a button, and see what comes of it."""
    return whole(at.button(key=key).click().run())


def happens(at: AppTest, key: str, event: str, **value: object) -> AppTest:
    """What comes of it when a browser component tells of an event."""
    id = _make_trigger_id(component(at, key).id, "events")
    return _after(at, WidgetState(id=id, json_trigger_value=json.dumps([{"event": event, "value": value}])))


def _after(at: AppTest, changed: WidgetState) -> AppTest:
    """All controls as they are but this one: what a browser sends after a click."""
    others = [state for state in at._tree.get_widget_states().widgets if state.id != changed.id]
    return whole(at._run(WidgetStates(widgets=[*others, changed])))


# ---- what is there to be seen -----------------------------------------------------------------


def component(at: AppTest, key: str):
    """The browser component of that key, as it was sent."""
    found = [one.proto for one in at.get("bidi_component") if one.key == key]
    assert len(found) == 1, f"{len(found)} components {key}"
    return found[0]


def is_drawn(at: AppTest, key: str) -> bool:
    """Is there a browser component of that key?"""
    return any(one.key == key for one in at.get("bidi_component"))


def sent(at: AppTest, key: str = "calculation") -> dict:
    """What the browser component of that key was given."""
    return unpack(component(at, key).bytes)


def table_columns(at: AppTest) -> list[list]:
    """The names of the columns of every table."""
    return [list(one.value.columns) for one in at.dataframe]


def words_of(at: AppTest) -> list[str]:
    """Every sentence of the page."""
    kinds = (at.markdown, at.subheader, at.error, at.warning, at.info, at.success)
    return [text.value for kind in kinds for text in kind]


def scene(at: AppTest) -> tuple:
    """Everything that is drawn, without the names under which the browser files it."""
    parts = [_plain(unpack(one.proto.bytes)) for one in at.get("bidi_component")]
    tables = [table.value.to_csv() for table in at.dataframe]
    charts = [chart.proto.spec for chart in at.get("plotly_chart")]
    pictures = [str(picture.proto) for picture in at.get("image")]
    return parts, words_of(at), [code.value for code in at.code], tables, charts, pictures, len(at.camera_input)


def _plain(part: dict) -> dict:
    kept = {key: value for key, value in part.items() if key not in ("shows", "key", "selected")}
    return {key: value.tobytes() if isinstance(value, np.ndarray) else str(value) for key, value in kept.items()}
