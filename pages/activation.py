"""Activation: a function that every number of a map goes through, and its slope."""
from core import arithmetic, experiments
from pages.shared import activation_page, scenes, shell, tell

LEAD = "A function changes every number for itself: one goes in, one comes out. Its slope says what a change would do."
hand = shell.open_page("Activation", LEAD)
source = activation_page.choose_source()
shown = activation_page.picture(hand) if source == activation_page.PICTURE else activation_page.layer(hand)
if shown:
    activation_page.tell(hand, shown)
name = shown.of.curve if shown and shown.of.curve else "ReLU"
tell.try_this(
    "Choose **none**, then **ReLU**. Which cells change, and which stay as they are?",
    "Choose **sigmoid** and look for a cell where its slope is nearly 0. Where on the curve does it lie?",
    "Go through the maps of a layer. Is there one that is 0 everywhere?",
)
tell.show_code(
    *activation_page.code_of(name),
    arithmetic.activation,
    experiments.collapse,
    experiments.without_activation,
    torch=f"{scenes.CURVES[name][2] or 'torch.nn.Identity()'}(maps)",
)
tell.sources(
    hand,
    "ReLU: Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
    "Leaky ReLU: Maas, Hannun and Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
    "GELU: Hendrycks and Gimpel 2016, <https://arxiv.org/abs/1606.08415>",
    "Batch norm: Ioffe and Szegedy 2015, <https://arxiv.org/abs/1502.03167>",
)
