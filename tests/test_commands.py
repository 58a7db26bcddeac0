"""The commands as people type them: right shapes on stdout, one sentence on stderr, exit code 2 for what is wrong."""
import csv
import io
import json
import os
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch import nn

from core import answers, images, recipes, samples, zoo
from core.__main__ import main
from core.gradients import backtrace
from core.trace import graph_of

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
        ("explain cat.png --network tiny_vgg --layer module2_pool --unit 3,0,7 --json", '"kind": "MaxPool2d"'),
        ("explain cat.png --network tiny_vgg --layer flatten --unit 9 --backward --json", '"kind": "Flatten"'),
        ("gradients cat.png --network tiny_vgg --class ship", "score of ship: "),
        ("evaluate lenet --data .", "lenet: 83.33% of 6 test pictures right"),
        ("train --help", "Reproduce a weight file"),
    ],
)
def test_each_command_runs_by_itself(files, arguments, said):
    done = start(files, arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("train lenet --data nowhere", "nowhere has no mnist.npz; give the folder that holds it"),
        ("explain three.png --network lenet --layer relu --unit -1,0,0", "relu has 64 outputs, numbered from 0 to 63,"),
    ],
)
def test_a_command_by_itself_ends_with_one_sentence_and_code_2(files, arguments, said):
    done = start(files, arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}")
    assert len(done.stderr.splitlines()) == 1


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


def asked(run, arguments):
    """What `explain` prints of it as JSON, in which a number is always a number."""
    code, out, err = run("explain", *arguments.split(), "--json")
    assert (code, err) == (0, "")
    return json.loads(out, parse_constant=pytest.fail)


def test_explain_takes_a_convolution_apart(run):
    found = asked(run, "cat.png --network tiny_vgg --layer module1_conv2 --unit 5,0,31")
    products = [term["product"] for term in found["terms"]]
    assert [found[key] for key in ("step", "kind", "rule", "unit")] == ["module1_conv2", "Conv2d", "sum", [5, 0, 31]]
    assert len(products) == 16 * 3 * 3
    assert sum(products) + found["bias"] == pytest.approx(found["sum"], rel=1e-9)
    assert found["sum"] == found["result"] == pytest.approx(found["output"], rel=1e-4)
    assert found["difference"] == found["result"] - found["output"]
    assert set(found["terms"][0]) == {"step", "source", "value", "weight", "product"}
    assert {term["step"] for term in found["terms"]} == {"module1_relu1"}
    for term in found["terms"]:
        assert term["product"] == term["value"] * term["weight"]
    assert [term["source"] for term in found["terms"][:5]] == [None, None, None, [0, 0, 30], [0, 0, 31]]
    assert [term["value"] for term in found["terms"][:3]] == [0, 0, 0]


@pytest.mark.parametrize("fit", images.FITS)
def test_explain_gives_what_the_network_gives_for_the_fit_that_is_asked_for(run, network, fit):
    net = network("tiny_vgg")
    fitted = images.fit(samples.load("cat"), net.preprocessing, fit)
    logits = answers.probabilities(net, fitted).log()
    three, seven = (
        asked(run, f"cat.png --network tiny_vgg --layer dense --unit {unit} --fit {fit}") for unit in ("3", "7,0,0")
    )
    assert three["output"] - seven["output"] == pytest.approx((logits[3] - logits[7]).item(), rel=1e-3)
    assert three["unit"] == [3, 0, 0]
    assert len(three["terms"]) == 1024


def test_explain_tells_two_branches_apart(run):
    found = asked(run, "cat.png --layer blocks_2_add --unit 0,1,2")
    assert [(term["step"], term["source"]) for term in found["terms"]] == [
        ("blocks_1_project_norm", [0, 1, 2]),
        ("blocks_2_project_norm", [0, 1, 2]),
    ]


def test_explain_says_it_in_a_table(run):
    arguments = "three.png --network lenet --layer module1_conv --unit 2,0,5"
    found = asked(run, arguments)
    code, out, _ = run("explain", *arguments.split())
    head, *lines = (line.split() for line in out.splitlines())
    assert (code, head, len(lines)) == (0, ["source", "value", "weight", "product"], 5 * 5 + 4)
    assert lines[0] == ["padding", "0", f"{found['terms'][0]['weight']:.7g}", "0"]
    assert lines[10][:4] == ["image", "0,", "0,", "3"]
    printed = [float(line[-1]) for line in lines]
    assert printed[:25] == pytest.approx([term["product"] for term in found["terms"]], rel=1e-6)
    assert [line[:-1] for line in lines[25:]] == [["bias"], ["sum"], ["module1_conv", "has"], ["difference"]]
    assert printed[25:28] == pytest.approx([found["bias"], found["sum"], found["output"]], rel=1e-6)
    assert "-0" not in out.split()


@pytest.mark.parametrize(
    ("layer", "ends"),
    [
        (nn.Sigmoid(), ["bias", "sum", "odd has", "difference"]),
        (nn.Softmax(dim=1), ["bias", "sum", "share", "odd has", "difference"]),
    ],
    ids=["sigmoid", "softmax"],
)
def test_where_nothing_is_multiplied_there_is_no_weight(run, network, monkeypatch, layer, ends):
    lenet, model = network("lenet"), nn.Sequential(OrderedDict(odd=layer))
    monkeypatch.setattr(zoo, "load", lambda name: replace(lenet, model=model, graph=graph_of(model)))
    found = asked(run, "three.png --layer odd --unit 0,3,4")
    _, out, _ = run("explain", "three.png", "--layer", "odd", "--unit", "0,3,4")
    assert [term["weight"] for term in found["terms"]] == [None]
    _, term, *lines = out.splitlines()
    assert len(term.split()) == 6  # image, three numbers, value and product
    assert [line[:20].strip() for line in lines] == ends


def test_numbers_that_json_does_not_know_are_not_printed(run, network, monkeypatch):
    lenet, model = network("lenet"), nn.Sequential(nn.BatchNorm2d(1))
    model[0].running_mean.fill_(float("nan"))
    monkeypatch.setattr(zoo, "load", lambda name: replace(lenet, model=model, graph=graph_of(model)))
    code, out, err = run("explain", "three.png", "--layer", "_0", "--unit", "0,3,4", "--json")
    assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_explain_backward_takes_a_slope_apart(run, network, seen):
    found = asked(run, "cat.png --network tiny_vgg --layer module2_relu1 --unit 5,0,15 --backward --class dog")
    net = network("tiny_vgg")
    back = backtrace(net.graph, seen("tiny_vgg", "cat"), net.labels.index("dog"))
    assert [found[key] for key in ("class", "step", "kind", "unit")] == ["dog", "module2_relu1", "ReLU", [5, 0, 15]]
    assert found["index"] == back.index
    assert found["score"] == pytest.approx(back.value, rel=1e-4)
    assert found["gradient"] == pytest.approx(back.slopes["module2_relu1"][5, 0, 15].item(), rel=1e-3)
    assert found["sum"] == pytest.approx(sum(term["product"] for term in found["terms"]), rel=1e-9)
    assert found["difference"] == found["sum"] - found["gradient"]
    assert len(found["terms"]) == 32 * 2 * 2  # in the corner a 3 × 3 kernel has 2 × 2 places that look at it
    assert set(found["terms"][0]) == {"step", "target", "upstream", "slope", "product"}
    assert (found["terms"][0]["step"], found["terms"][0]["target"]) == ("module2_conv2", [0, 0, 14])
    for term in found["terms"]:
        assert term["product"] == term["upstream"] * term["slope"]


def test_explain_backward_begins_at_the_score_of_the_best_answer(run):
    arguments = "three.png --network lenet --layer dense2 --unit 3 --backward"
    found = asked(run, arguments)
    term = {"step": "score", "target": [0, 0, 0], "upstream": 1, "slope": 1, "product": 1}
    assert (found["class"], found["terms"], found["sum"], found["gradient"]) == ("3", [term], 1, 1)
    code, out, _ = run("explain", *arguments.split())
    head, line, *ends = (line.split() for line in out.splitlines())
    assert (code, head, line) == (0, ["feeds", "upstream", "slope", "product"], ["score", "0,", "0,", "0", *"111"])
    assert ends == [["sum", "1"], ["slope", "at", "dense2", "1"], ["difference", "0"]]


@pytest.mark.parametrize("fit", images.FITS)
def test_gradients_lists_the_sizes_of_every_step(run, network, fit):
    code, out, err = run("gradients", "cat.png", "--network", "tiny_vgg", "--class", "Dog", "--fit", fit, "--json")
    found, net = json.loads(out, parse_constant=pytest.fail), network("tiny_vgg")
    fitted = images.fit(samples.load("cat"), net.preprocessing, fit)
    back = backtrace(net.graph, images.to_tensor(fitted, net.preprocessing), net.labels.index("dog"))
    assert (code, err, found["class"], found["index"]) == (0, "", "dog", back.index)
    assert found["score"] == pytest.approx(back.value, rel=1e-4)
    assert found["saliency_sum"] == pytest.approx(back.slopes["image"].abs().amax(0).sum().item(), rel=1e-3)
    assert [step["name"] for step in found["steps"]] == list(back.steps)
    for step in found["steps"]:
        slope = back.slopes[step["name"]]
        assert set(step) == {"name", "kind", "norm", "mean_abs", "share_zero"}
        assert step["norm"] == pytest.approx(slope.norm().item(), rel=1e-3)
        assert step["mean_abs"] == pytest.approx(slope.abs().mean().item(), rel=1e-3)
        assert step["share_zero"] == pytest.approx((slope == 0).float().mean().item(), abs=1e-3)


def test_gradients_says_it_in_a_table(run):
    told = json.loads(run("gradients", "cat.png", "--class", "285", "--json")[1])
    code, out, _ = run("gradients", "cat.png", "--class", "egyptian CAT")
    first, head, *lines, last = out.splitlines()
    assert (code, first) == (0, f"score of Egyptian cat: {told['score']:.7g}")
    assert head.split() == ["name", "kind", "norm", "mean_abs", "share_zero"]
    assert len(lines) == 149
    assert lines[0].split()[:2] == ["image", "Input"]
    assert float(lines[0].split()[2]) == pytest.approx(told["steps"][0]["norm"], rel=1e-3)
    assert lines[-1].split()[-1] == "99.9%"
    assert float(last.split()[-1]) == pytest.approx(told["saliency_sum"], rel=1e-3)


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
        ("explain cat.png --network resnet --layer dense --unit 1", "there is no network 'resnet'"),
        ("explain text.jpg --network lenet --layer relu --unit 1", "text.jpg: This is text; choose a photo"),
        ("explain gone.png --network lenet --layer relu --unit 1", "gone.png: there is no such file; give the path"),
        ("explain --layer relu --unit 1", "the following arguments are required: PHOTO"),
        ("explain cat.png --network lenet", "the following arguments are required: --layer, --unit"),
        ("explain cat.png --layer relu --unit", "argument --unit: expected one argument"),
        ("explain cat.png --layer relu --unit 1 --fit stretched", "invalid choice: 'stretched'"),
        ("explain cat.png --layer relu --unit x,1,2", "channel, row and column such as 0,4,7, or one number"),
        ("explain cat.png --layer relu --unit 1,2", "channel, row and column such as 0,4,7, or one number"),
        ("explain cat.png --layer relu --unit --json", "or one number for a layer without maps, not '--json'"),
        ("explain three.png --network lenet --layer conv1 --unit 1", "no step called 'conv1'; there are image, modu"),
        ("explain three.png --network lenet --layer relu --unit 64", "relu has 64 outputs, numbered from 0 to 63"),
        ("explain three.png --network lenet --layer relu --unit 1,0,1", "row 0, column 1 is not on a map of 1 × 1"),
        ("explain cat.png --network tiny_vgg --layer module1_relu1 --unit 1,40,0", "row 40, column 0 is not on a map"),
        ("explain cat.png --network tiny_vgg --layer module1_relu1 --unit=0,0,-1", "row 0, column -1 is not on a map"),
        ("explain cat.png --network tiny_vgg --layer module1_relu1 --unit 4", "has maps of 32 × 32; a unit there is"),
        ("explain cat.png --layer flatten --unit 1 --class 3", "--class goes with --backward"),
        ("explain cat.png --network lenet --layer relu --unit 64 --backward", "relu has 64 numbers, counted from 0"),
        ("explain cat.png --network lenet --layer relu --unit 6 --backward --class x", "there is no class 'x'; give a"),
        ("gradients cat.png --network lenet --class 10", "there is no class '10'; give a label such as '0' or 0 to 9"),
        ("gradients cat.png --class crane", "the classes 134 and 517 are called 'crane'; give one of the numbers"),
        ("gradients gone.png --network lenet", "gone.png: there is no such file; give the path of a picture"),
        ("gradients cat.png --network resnet", "there is no network 'resnet'"),
        ("gradients", "the following arguments are required: PHOTO"),
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
