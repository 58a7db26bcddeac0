"""Presets of Train one: the run that a lesson is about, and no other."""
from dataclasses import replace

import pytest

from core.squeeze_presets import DIGITS, PRESETS, beginning, begun
from core.toy_data import Choice


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.on == DIGITS])
def test_a_lesson_holds_for_its_own_run_with_any_seed_and_for_no_other(name):
    preset = PRESETS[name]
    run = beginning(preset.kind, Choice("digits"), **preset.changes)
    other = replace(run, seed=run.seed + 1)
    assert begun(preset, run) == run
    assert begun(preset, other) == other
    assert begun(preset, replace(run, rate=run.rate / 2)) == run
    assert begun(preset, replace(run, code=run.code + 1)) == run
