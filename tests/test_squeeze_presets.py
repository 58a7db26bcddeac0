"""Presets of Train one: a lesson is told of the run that it is about, and of no other."""
from dataclasses import replace

import pytest

from core.squeeze_presets import DIGITS, PRESETS, beginning, teaches
from core.toy_data import Choice


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.on == DIGITS])
def test_a_lesson_holds_for_its_own_run_with_any_seed_and_for_no_other(name):
    preset = PRESETS[name]
    run = beginning(preset.kind, Choice("digits"), **preset.changes)
    assert teaches(preset, run)
    assert teaches(preset, replace(run, seed=run.seed + 1))
    assert not teaches(preset, replace(run, rate=run.rate / 2))
    assert not teaches(preset, replace(run, code=run.code + 1))
