"""For every test of the pages: a server on which nobody has been."""
import logging
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager

from core import samples, workers, zoo
from tests.pages.apptest import Navigated
from tests.pages.engine import LOAD, READ

logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel("ERROR")  # each AppTest warns

TRAINER = ThreadPoolExecutor(1)  # in place of processes, which each test would start anew


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing cached but weights and pictures: all AppTests share one session id, so even session caches would leak."""
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", Navigated)
    skip = lambda self, start_file_watching: None  # noqa: E731
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", skip)  # 0.1 s, and there are none
    monkeypatch.setattr(zoo, "load", LOAD)
    monkeypatch.setattr(samples, "load", READ)
    monkeypatch.setattr(TRAINER, "shutdown", lambda wait=True: None)
    monkeypatch.setattr(workers, "executor", lambda: (TRAINER, 1))
    random.seed(0)
    st.cache_data.clear()
    st.cache_resource.clear()
