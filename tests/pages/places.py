"""Where the tests go: every page with all that it can look at, and some places that are special."""
from functools import cache

from tests.pages.apptest import FRAME, opened, turn, ways
from tests.pages.engine import LARGE

VISIT = {"predict", "search", "spread", "use-camera-0"}  # controls of one visit: they stand in no link
SMALL = {"network": "tiny_vgg"}
CODES = {"autoencoder", "repair", "six", "latent", "train_one"}  # a classifier's choices are hidden: they have others
SPECIAL = {  # one of each kind of drawing
    "network": [
        {"network": LARGE},
        {"network": LARGE, "layer": "blocks_3"},
        SMALL | {"layer": "module2_conv1", "map": "3"},
        {"network": "lenet", "layer": "dense1", "map": "7"},
    ],
    "convolution": [
        SMALL | {"part": "64", "colour": "True", "picture_filters": "2", "map": "1"},
        SMALL | {"picture_kernel": "trained"},
        {"network": LARGE, "conv_on": "layer", "layer": "blocks_1_project_conv"},
    ],
    "activation": [
        {"network": LARGE, "layer": "blocks_2_add"},
        SMALL | {"layer": "module1_relu1"},
        {"network": "lenet", "layer": "image"},
        {"network": LARGE, "layer": "head_norm", "act_instead": "GELU"},
    ],
    "pooling": [{"network": LARGE, "pool_on": "layer"}, SMALL | {"pool_by-hand_kind": "global"}],
    "backward": [SMALL | {"layer": "module2_conv1", "map": "1", "twin": "True"}],
    "neuron": [{"shape": "Three layers", "stage": "2", "chosen": "n2.1"}],
    "repair": [
        {"picture": "digit-3", "repair_on": "As a digit", "repair_wiped": "HjJ9yH0"},
        {"picture": "coffee", "repair_noise": "0", "repair_squares": "0.4", "repair_blur": "0.2"},
    ],
    "six": [{"picture": "digit-5", "six_pair": "a little grain", "six_variational": "3"}],
    "latent": [
        {"latent_on": "variational, 2", "latent_ground": "LeNet's certainty"},
        {"latent_on": "variational, 16", "latent_to": "drawn"},
    ],
    "flow": [SMALL | {"flow_on": "Your photo"}],
    "autoencoder": [
        {"picture": "digit-3", "ae_kind": "convolutional", "layer": "decoder_up1", "map": "3", "moved": "2:1.5"},
        {"ae_on": "draw one", "ink": ".TMMzsyMzgAzM"},
    ],
    "train_one": [
        {"preset": "denoising", "at": "3"},
        {"preset": "your photo, tile by tile", "at": "3", "view": "Gradients"},
        {"code": "64"},
    ],
    "dense": [
        SMALL,
        {"network": "lenet", "layer": "dense1"},
        {"network": "lenet", "layer": "flatten"},
    ],
}


@cache
def sources(page: str) -> list[dict[str, str]]:
    """A link to each thing that a page can look at, as its own pills write it; the first is no link at all.

    The others are of a small network, which is quicker.
    """
    links = [{}]
    for key in [pills.key for pills in opened(page).button_group if pills.key.endswith("_on")]:
        for way in ways(opened(page).get_by_key(key)):
            link = turn(opened(page), key, way).query_params
            links.append(SMALL | {name: value for name, value in link.items() if name not in FRAME})
    return [link for at, link in enumerate(links) if link not in links[:at]]


def places(page: str) -> list[dict[str, str]]:
    """Links to all that a page can look at, and to what is special there."""
    return [*sources(page), *SPECIAL.get(page, [])]
