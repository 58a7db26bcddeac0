"""The commands as people type them: right shapes on stdout, one sentence on stderr, exit code 2 for what is wrong."""
import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import answers, images, recipes, samples, zoo
from core.__main__ import main

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A photo of a cat, a drawn 3, a text that calls itself a photo, and six digits to be tested on."""
    folder = tmp_path_factory.mktemp("files")
    samples.load("cat").save(folder / "cat.png")
    samples.load("digit-3").save(folder / "three.png")
    (folder / "text.jpg").write_text("This is not a photo.")
    shown = [samples.load(name) for name in ("digit-3", "digit-5", "digit-8", "digit-2", "digit-0", "cat")]
    digits = np.stack([np.asarray(images.fit(picture, zoo.spec("lenet").preprocessing).picture) for picture in shown])
    labels = np.uint8([3, 5, 8, 2, 0, 1])  # a cat is no 1, and LeNet does not take it for one
    parts = dict(train_images=digits[:2], train_labels=labels[:2], test_images=digits, test_labels=labels)
    np.savez(folder / "mnist.npz", **parts)
    return folder


@pytest.fixture
def run(files, monkeypatch, capsys):
    """run(*arguments): exit code, stdout and stderr of a command in the folder of `files`."""
    monkeypatch.chdir(files)

    def command(*arguments):
        try:
            code = main([*arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return command


def start(folder, arguments):
    """A command in a process of its own, where every warning would be a traceback."""
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments.split()],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("classify three.png --network lenet --json", '"label": "3"'),
        ("layers cat.png --network tiny_vgg", "module1_conv1"),
        ("evaluate lenet --data .", "lenet: 83.33% of 6 test pictures right"),
        ("train --help", "Reproduce a weight file"),
    ],
)
def test_each_command_runs_by_itself(files, arguments, said):
    done = start(files, arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


def test_a_command_by_itself_ends_with_one_sentence_and_code_2(files):
    done = start(files, "train lenet --data nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: nowhere has no mnist.npz; give the folder that holds it\n"


def test_classify_lists_predictions_for_each_file(run, network):
    code, out, err = run("classify", "cat.png", "three.png", "--json", "--top", "3")
    found = json.loads(out)
    assert (code, err, [result["file"] for result in found]) == (0, "", ["cat.png", "three.png"])
    fitted = images.fit(samples.load("cat"), zoo.spec("efficientnet_lite0").preprocessing)
    net = network("efficientnet_lite0")
    expected = [vars(one) for one in answers.best(net, answers.probabilities(net, fitted), 3)]
    assert found[0] == {"file": "cat.png", "predictions": expected}
    assert set(expected[0]) == {"label", "index", "probability"}


def test_a_bad_file_among_many_is_reported_and_the_others_are_done(run):
    code, out, err = run("classify", "cat.png", "text.jpg", "gone.png", "three.png", "--network", "lenet", "--json")
    cat, text, gone, three = json.loads(out)
    assert code == 2
    assert three["predictions"][0]["label"] == "3"
    assert len(cat["predictions"]) == 5
    assert text == {"file": "text.jpg", "error": text["error"]}
    assert gone == {"file": "gone.png", "error": gone["error"]}
    assert err.splitlines() == [f"text.jpg: {text['error']}", f"gone.png: {gone['error']}"]


def test_classify_writes_a_table(run):
    code, out, _ = run("classify", "three.png", "text.jpg", "--network", "lenet", "--csv", "--top", "2")
    first, second, bad = csv.DictReader(io.StringIO(out))
    probabilities = [float(row.pop("probability")) for row in (first, second)]
    assert code == 2
    assert first == {"file": "three.png", "rank": "1", "label": "3", "index": "3", "error": ""}
    assert second["rank"] == "2"
    assert 1 > probabilities[0] > probabilities[1] > 0
    assert bad["file"] == "text.jpg"
    assert bad["error"].startswith("This is text")


def test_classify_says_it_in_plain_lines(run):
    code, out, _ = run("classify", "three.png", "--network", "lenet", "--top", "2")
    first, second = (line.split() for line in out.splitlines())
    assert code == 0
    assert first[0] == "three.png"
    assert first[-1] == "3"
    assert len(second) == 2  # the file is named once


@pytest.mark.parametrize("fit", images.FITS)
def test_the_fit_that_is_asked_for_is_the_one_that_is_shown(run, network, fit):
    _, out, _ = run("classify", "cat.png", "--network", "tiny_vgg", "--fit", fit, "--top", "10", "--json")
    net = network("tiny_vgg")
    expected = answers.probabilities(net, images.fit(samples.load("cat"), net.preprocessing, fit))
    for prediction in json.loads(out)[0]["predictions"]:
        assert prediction["probability"] == pytest.approx(expected[prediction["index"]].item(), rel=1e-3)


def test_layers_lists_what_the_network_page_shows(run):
    code, out, _ = run("layers", "cat.png", "--network", "tiny_vgg", "--json")
    conv = next(layer for layer in json.loads(out) if layer["name"] == "module1_conv2")
    assert code == 0
    assert (conv["kind"], conv["shape"], conv["parameters"]) == ("Conv2d", [16, 32, 32], 16 * 16 * 9 + 16)
    assert conv["multiply_adds"] == 16 * 32 * 32 * 16 * 9
    assert conv["parameters_formula"] == "16 × 16 × 3 × 3 weights + 16 biases"
    assert conv["receptive_field"] == {"size": 5, "stride": 1, "start": -2}
    assert conv["sources"] == ["module1_relu1"]


def test_layers_prints_a_line_a_layer(run):
    code, out, _ = run("layers", "cat.png")
    assert code == 0
    assert len(out.splitlines()) == 1 + 149
    assert out.splitlines()[-1].split()[:5] == ["dense", "Linear", "1000", "1,281,000", "1,280,000"]


def test_evaluate_counts_right_answers(run):
    code, out, _ = run("evaluate", "lenet", "--data", ".", "--json")
    assert (code, json.loads(out)) == (0, {"network": "lenet", "accuracy": 5 / 6, "count": 6})


def test_train_writes_weights_that_load(run, files, monkeypatch):
    monkeypatch.setitem(recipes.RECIPES, "lenet", replace(recipes.RECIPES["lenet"], epochs=1, batch=2))
    code, out, _ = run("train", "lenet", "--data", ".", "--out", "made/weights")
    assert code == 0
    assert out.startswith("epoch 1 of 1: loss")
    monkeypatch.setattr(zoo, "ASSETS", files / "made")
    assert zoo.load("lenet").trained


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("classify cat.png --network resnet", "there is no network 'resnet'"),
        ("classify cat.png --fit stretched", "invalid choice: 'stretched'"),
        ("classify cat.png --top 0", "whole number from 1, not '0'"),
        ("classify cat.png --top -3", "whole number from 1, not '-3'"),
        ("classify cat.png --top many", "whole number from 1, not 'many'"),
        ("classify cat.png --json --csv", "argument --csv: not allowed with argument --json"),
        ("classify gone.png --network lenet", "gone.png: there is no such file; give the path of a picture"),
        ("classify . --network lenet", ".: there is no such file; give the path of a picture"),
        ("classify", "the following arguments are required: PHOTO"),
        ("", "the following arguments are required: COMMAND"),
        ("layers text.jpg --network lenet", "This is text; choose a photo"),
        ("layers cat.png --network resnet", "there is no network 'resnet'"),
        ("evaluate lenet --data gone", "gone has no mnist.npz; give the folder that holds it"),
        ("evaluate efficientnet_lite0 --data .", "has no test set here; evaluate one of tiny_vgg, lenet"),
        ("train resnet --data .", "there is no recipe for 'resnet'; train one of tiny_vgg, lenet"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(run, arguments, sentence):
    code, _, err = run(*arguments.split())
    assert code == 2
    assert sentence in err
    assert len(err.splitlines()) == 1
