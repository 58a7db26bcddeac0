"""What visitors read: tables, files, and the numbers in a sentence."""
import io
import re
from itertools import pairwise

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import tables
from tests.pages.apptest import whole


def table(at: AppTest, *columns: str) -> pd.DataFrame:
    """The table that has these columns."""
    return next(one.value for one in at.dataframe if set(columns) <= set(one.value.columns))


def saved(monkeypatch: pytest.MonkeyPatch, at: AppTest) -> dict[str, pd.DataFrame]:
    """The CSV files that the page offers, by name."""
    files = {}
    keep = lambda label, data, name, *rest, **more: files.update({name: pd.read_csv(io.StringIO(data()))})  # noqa: E731
    monkeypatch.setattr(tables.st, "download_button", keep)
    whole(at.run())
    return files


def numbers(text: str) -> list[float]:
    """Every number of a sentence, as a reader would take it."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text).replace("−", "-")
    return [float(found) for found in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", plain)]


def bold(text: str) -> list[float]:
    """Every number of a sentence that stands out."""
    return [number for found in re.findall(r"\*\*([^*]+)\*\*", text) for number in numbers(found)]


def all_differ(scenes: list) -> bool:
    """Is each one different from the one before?"""
    return all(one != other for one, other in pairwise(scenes))
