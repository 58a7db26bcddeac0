"""Autoencoders: what goes in, the code, what comes out; penalties against torch.func, closed forms and chance."""
import math

import pytest
import torch
from torch.func import jacrev

from core import autoencoders, penalties, principal, zoo
from core.autoencoders import SPECS
from core.networks.dense_autoencoder import DenseAutoencoder
from core.networks.tile_autoencoder import TileAutoencoder
from core.networks.variational_autoencoder import VariationalAutoencoder, drawn

NAMES = sorted(SPECS)


def pictures(name, count=3):
    shape = SPECS[name].preprocessing.channels, *2 * [SPECS[name].preprocessing.size]
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_comes_back_in_its_own_shape_through_a_code_of_the_promised_size(name):
    model, images = autoencoders.load(name).model, pictures(name)
    codes, rebuilt = autoencoders.encode(model, images), autoencoders.reconstruct(model, images)
    assert codes.shape == (3, SPECS[name].code) if SPECS[name].code else codes.ndim == 4
    assert rebuilt.shape == images.shape
    assert rebuilt.min() >= 0
    assert rebuilt.max() <= 1


@pytest.mark.parametrize("name", [name for name in NAMES if SPECS[name].code])
def test_decoding_the_code_is_reconstructing(name):
    model, images = autoencoders.load(name).model, pictures(name)
    again = autoencoders.decode(model, autoencoders.encode(model, images))
    assert torch.equal(again, autoencoders.reconstruct(model, images))


@pytest.mark.parametrize("name", NAMES)
def test_the_traced_encoder_and_decoder_are_the_same_networks(name):
    one = autoencoders.load(name)
    codes = one.model.encoder(pictures(name))
    assert torch.equal(one.encoder(pictures(name))[-1], codes)
    assert torch.equal(one.decoder(codes)[-1], one.model.decoder(codes))


def test_a_name_that_is_not_known_is_answered_with_those_that_are():
    with pytest.raises(ValueError, match="choose one of digits_2, "):
        autoencoders.load("digits_3")


def test_all_weights_together_stay_below_fifteen_megabytes_and_each_has_a_card():
    folder = zoo.ASSETS / "weights"
    assert sum(path.stat().st_size for path in folder.glob("*.safetensors")) <= 15e6
    assert {path.stem for path in folder.glob("*.md")} >= {*SPECS, "pca_digits", "pca_tiles"}


# ---- penalties --------------------------------------------------------------------------------


def test_the_contractive_penalty_is_the_squared_norm_of_torchs_jacobian():
    model, images = autoencoders.load("digits_contractive").model.double(), pictures("digits_contractive").double()
    jacobians = torch.stack([jacrev(lambda x: model.encoder(x[None])[0])(image) for image in images])
    expected = jacobians.flatten(1).square().sum(dim=1)
    torch.testing.assert_close(penalties.jacobian_norm(model, images), expected, rtol=1e-9, atol=0)


def test_in_single_precision_it_agrees_to_a_hundred_thousandth():
    model, images = autoencoders.load("digits_contractive").model, pictures("digits_contractive")
    jacobians = torch.stack([jacrev(lambda x: model.encoder(x[None])[0])(image) for image in images])
    expected = jacobians.flatten(1).square().sum(dim=1)
    torch.testing.assert_close(penalties.jacobian_norm(model, images), expected, rtol=1e-5, atol=0)


def test_an_encoder_without_a_short_form_is_refused():
    with pytest.raises(ValueError, match="one layer with sigmoids"):
        penalties.jacobian_norm(DenseAutoencoder(8, (16,)), pictures("digits_8"))


def test_the_divergence_is_what_chance_says_it_is():
    mean, log_variance = torch.tensor([[0.7, -1.2, 0.0]]), torch.tensor([[-0.5, 0.3, 0.0]])
    samples = drawn(mean.expand(400_000, 3), log_variance.expand(400_000, 3), torch.Generator().manual_seed(0))
    own = torch.distributions.Normal(mean, (0.5 * log_variance).exp()).log_prob(samples)
    prior = torch.distributions.Normal(0.0, 1.0).log_prob(samples)
    estimate = (own - prior).mean(dim=0)
    torch.testing.assert_close(penalties.divergence(mean, log_variance)[0], estimate, rtol=0, atol=5e-3)


def test_the_divergence_by_hand():
    found = penalties.divergence(torch.tensor([[2.0]]), torch.tensor([[math.log(4.0)]]))
    assert found.item() == pytest.approx((4 + 4 - 1 - math.log(4)) / 2)


def test_samples_of_the_cloud_have_its_mean_and_its_standard_deviation():
    mean, log_variance = torch.full((200_000, 1), 3.0), torch.full((200_000, 1), math.log(0.25))
    samples = drawn(mean, log_variance, torch.Generator().manual_seed(0))
    assert samples.mean().item() == pytest.approx(3, abs=0.01)
    assert samples.std().item() == pytest.approx(0.5, abs=0.01)


def test_activity_and_the_share_of_active_units_by_hand():
    codes = torch.tensor([[0.0, 2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    assert penalties.activity(codes).tolist() == [0.75, 0]
    assert penalties.active(codes).tolist() == [0.5, 0]


def test_each_kind_has_its_own_penalty():
    images = pictures("digits_2")
    sparse, plain = (autoencoders.load(f"digits_{name}").model for name in ("sparse", "32"))
    codes = autoencoders.encode(sparse, images)
    assert torch.equal(penalties.penalty("digits_sparse", sparse, images), penalties.activity(codes))
    assert penalties.penalty("digits_32", plain, images).tolist() == [0, 0, 0]
    cloud = autoencoders.load("digits_variational_16").model
    expected = penalties.divergence(*cloud.posterior(images)).sum(dim=1)
    assert torch.equal(penalties.penalty("digits_variational_16", cloud, images), expected)


def test_the_negative_elbo_is_cross_entropy_plus_divergence():
    model, images = autoencoders.load("digits_variational_2").model, pictures("digits_2")
    mean, log_variance = model.posterior(images)
    codes = drawn(mean, log_variance, torch.Generator().manual_seed(3))
    each = torch.nn.BCELoss(reduction="none")(model.decoder(codes), images).sum(dim=(1, 2, 3))
    expected = each + penalties.divergence(mean, log_variance).sum(dim=1)
    found = penalties.negative_elbo(model, images, torch.Generator().manual_seed(3))
    torch.testing.assert_close(found, expected)


# ---- walks and new pictures -------------------------------------------------------------------


def test_a_walk_begins_and_ends_where_it_should_and_is_straight():
    model, codes = autoencoders.load("digits_2").model, torch.tensor([[0.0, 1.0], [2.0, -1.0]])
    walk = autoencoders.interpolate(model, *codes, 3)
    middle = autoencoders.decode(model, codes.mean(dim=0, keepdim=True))
    first, last = autoencoders.decode(model, codes)[:, None]
    torch.testing.assert_close(walk, torch.cat([first, middle, last]))


def test_a_walk_of_one_picture_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        autoencoders.interpolate(autoencoders.load("digits_2").model, torch.zeros(2), torch.ones(2), 1)


def test_new_pictures_come_from_a_standard_normal_code_and_repeat_with_the_seed():
    model = autoencoders.load("digits_variational_2").model
    codes, images = autoencoders.sample(model, 2000, torch.Generator().manual_seed(5))
    assert codes.mean().abs() < 0.05
    assert codes.std().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(images, autoencoders.decode(model, codes))
    assert torch.equal(codes, autoencoders.sample(model, 2000, torch.Generator().manual_seed(5))[0])


def test_only_a_variational_one_can_be_asked_for_new_pictures():
    plain = autoencoders.load("digits_2").model
    with pytest.raises(ValueError, match="variational"):
        autoencoders.sample(plain, 1, torch.Generator())
    with pytest.raises(ValueError, match="variational"):
        autoencoders.posterior(plain, pictures("digits_2"))


# ---- architectures ----------------------------------------------------------------------------


def test_while_it_trains_a_variational_one_decodes_samples_and_afterwards_the_mean():
    model, images = VariationalAutoencoder(2, (16, 8)), pictures("digits_2")
    assert not torch.equal(model(images), model(images))
    model.eval()
    assert torch.equal(model(images), model.decoder(model.mean(model.body(images))))


def test_a_tile_autoencoder_starts_as_scikit_learns_pca():
    images = torch.rand(200, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    pca, model = principal.of(images, 16), TileAutoencoder(16)
    model.start_as_pca(torch.from_numpy(pca.mean_), torch.from_numpy(pca.components_))
    flat = images.flatten(1).numpy()
    codes = torch.from_numpy(pca.transform(flat))
    torch.testing.assert_close(model.encoder(images), codes, rtol=1e-4, atol=1e-4)
    expected = torch.from_numpy(pca.inverse_transform(pca.transform(flat))).view_as(images)
    torch.testing.assert_close(model(images), expected, rtol=1e-4, atol=1e-4)
