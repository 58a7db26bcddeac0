"""Six side by side: the same picture through every kind of autoencoder, with what is special about each."""
from core import penalties, side_by_side
from pages.shared import predict, shell, six_page, six_tables, tell

LEAD = "One digit through six kinds of autoencoder, each with its own idea of a good code."
hand = shell.open_page("Six side by side", LEAD)
shown = six_page.choose(hand)
kinds = six_page.kinds(shown)
six_page.show(shown, kinds)
predict.ask(kinds)
apart = six_page.pairs(shown)
asked = six_page.asked(kinds)
six_tables.kinds(shown, apart)
six_tables.units(shown, asked)
six_tables.bars(shown, apart, asked)
tell.try_this(
    "Draw a digit, then another. How many of the sparse one's 784 units are active for both?",
    "Choose **picture in hand** with the cat above: none of the six has ever seen one. Which comes closest, and what "
    "do the others make of it?",
    "Look for units of the variational code with a divergence near 0. What are their mean and variance?",
)
tell.show_code(
    side_by_side.passage,
    penalties.activity,
    penalties.jacobian_norm,
    penalties.divergence,
    side_by_side.pair,
    torch="code = encoder(image)\nsparse = code.abs().mean()\n"
    "jacobian = torch.func.jacrev(encoder)(image)\ncontractive = jacobian.square().sum()\n"
    "posterior = torch.distributions.Normal(mean, (0.5 * log_variance).exp())\n"
    "standard = torch.distributions.Normal(0.0, 1.0)\n"
    "variational = torch.distributions.kl_divergence(posterior, standard).sum()",
)
tell.sources(
    hand,
    "Undercomplete: Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",
    "Sparse: Ng 2011, Sparse autoencoder. Contractive: Rifai et al. 2011, Contractive auto-encoders",
    "Convolutional: Masci et al. 2011, Stacked convolutional auto-encoders",
    "Denoising: Vincent et al. 2008, <https://doi.org/10.1145/1390156.1390294>",
    "Variational: Kingma and Welling 2013, <https://arxiv.org/abs/1312.6114>",
    cards=[*side_by_side.SIX.values(), side_by_side.FREE],
)
