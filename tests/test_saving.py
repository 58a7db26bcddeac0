"""A run to take home: weights, curves, and a script that makes the same network again."""
import csv
import io
import json
import subprocess
import sys
from math import sqrt

import pytest
import safetensors
import torch
from safetensors.torch import load as unpack

from core import saving, training
from core.architectures import INITIALISATIONS, Architecture, Block
from core.checkup import Trouble
from core.optimisers import OPTIMISERS
from core.run_config import Config, from_json
from core.script import script
from core.toy_data import SOURCES, Choice

POINTS = Config(Choice("moons", 60, 0.1), Architecture((), (5,)))
RUNS = {
    "digits": Config(),
    "all of it": Config(
        Choice("shapes", 90, 0.1, separation=0.8, seed=2),
        Architecture((Block(3, 5, "average"), Block(3, 3, "none")), (8, 8), "leaky ReLU", True, 0.3, True),
        "Xavier",
        "squared error",
        "momentum",
        weight_decay=0.01,
        seed=5,
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_script_makes_the_same_weights_to_the_bit(name, tmp_path):
    config = RUNS[name]
    state, _ = training.advance(training.begin(config), 7)
    (tmp_path / "run.py").write_text(script(config, 7), encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", "run.py"]  # -I: nothing of Torchlight can be imported
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    weights = torch.load(tmp_path / "weights.pt", weights_only=True)
    expected = unpack(state.weights)
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[key], expected[key]) for key in expected)
    accuracy = training.evaluate(state).test.accuracy
    assert f"{accuracy:.1%} of 450 test examples right" in done.stdout


@pytest.mark.parametrize("data", SOURCES)
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_script_for_every_choice_makes_the_same_weights(data, optimiser, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = (Block(2),) if SOURCES[data].kind == "pictures" else ()
    config = Config(Choice(data, 20), Architecture(blocks, (4,)), "Xavier", "squared error", optimiser)
    exec(compile(script(config, 2), "run.py", "exec"), {})
    weights = torch.load("weights.pt", weights_only=True)
    expected = unpack(training.advance(training.begin(config), 2)[0].weights)
    assert all(torch.equal(weights[key], expected[key]) for key in expected)
    assert "test examples right" in capsys.readouterr().out


@pytest.mark.parametrize("initialisation", INITIALISATIONS)
def test_the_script_says_how_wide_the_first_weights_are(initialisation):
    code = script(Config(Choice("moons", 20), Architecture((), (4,)), initialisation), 1)
    (line,) = [line for line in code.splitlines() if "torch.randn(" in line]
    formula = line.split("generator=start) * ")[1].removesuffix(")")
    assert eval(formula, {"fan_in": 8, "fan_out": 2, "sqrt": sqrt}) == INITIALISATIONS[initialisation](8, 2)


def test_weights_come_with_what_made_them(tmp_path):
    state, _ = training.advance(training.begin(POINTS), 3)
    path = tmp_path / "run.safetensors"
    path.write_bytes(saving.weights_file(state))
    with safetensors.safe_open(path, "pt") as file:
        facts = file.metadata()
        weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  it is no dictionary
    assert from_json(facts["config"]) == POINTS
    assert json.loads(facts["step"]) == 3
    assert all(torch.equal(values, unpack(state.weights)[key]) for key, values in weights.items())
    assert weights.keys() == unpack(state.weights).keys()


def test_curves_have_a_row_per_step_and_scores_where_there_are_some():
    _, events = training.advance(training.begin(POINTS), 60)
    rows = list(csv.DictReader(io.StringIO(saving.curves([*events, Trouble(99, "divergence", "output", "")]))))
    assert [int(row["step"]) for row in rows] == list(range(60))
    assert float(rows[7]["loss"]) == events[8].loss  # the evaluation of step 0 is among them
    assert [row["step"] for row in rows if row["test accuracy"]] == ["0", "10", "25", "50"]
    assert float(rows[0]["train accuracy"]) == events[1].train.accuracy
    assert float(rows[0]["test loss"]) == events[1].test.loss


def test_curves_end_with_the_scores_of_the_last_look():
    state, events = training.advance(training.begin(POINTS), 60)
    now = training.evaluate(state)
    *_, last = csv.DictReader(io.StringIO(saving.curves([*events, now])))
    assert (last["step"], last["loss"]) == ("60", "")
    assert float(last["test accuracy"]) == now.test.accuracy
