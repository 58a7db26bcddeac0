"""Latent space: a code of two numbers as a map on which the decoder draws, walks, clouds, new digits, and holes."""
from core import autoencoders, latent, penalties
from pages.shared import latent_choices, latent_lessons, latent_page, latent_quiz, shell, tell

LEAD = "A code is a place on a map. Tap or drag anywhere: the decoder draws what lives there, at once."
hand = shell.open_page("Latent space", LEAD, network=False)
shown = latent_choices.choose(hand)
latent_page.show(shown, latent_quiz.asked(shown) == latent_quiz.WALK)
latent_quiz.pose(shown)
latent_lessons.tell(shown, latent_quiz.asked(shown))
tell.try_this(
    "Walk from a 3 to an 8 on the plain map, then on the variational one. Which digits do you pass?",
    "Find a place where two digits meet, and drag slowly across the border. Which strokes move?",
    "Look for a hole on the plain map (**LeNet's certainty**, ×), drag the frame there, and see what is drawn.",
)
tell.show_code(
    autoencoders.interpolate,
    autoencoders.sample,
    penalties.divergence,
    latent.survey,
    torch="mean, log_variance = encoder(image)\nstd = (0.5 * log_variance).exp()\n"
    "code = mean + std * torch.randn_like(std)\npicture = decoder(code)\n"
    "kl = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()\n"
    "new_digit = decoder(torch.randn(1, 2))",
)
tell.sources(
    hand,
    "Variational autoencoder: Kingma and Welling 2013, <https://arxiv.org/abs/1312.6114>",
    "Codes of two numbers: Hinton and Salakhutdinov 2006, <https://doi.org/10.1126/science.1127647>",
    "Digits: LeCun, Cortes and Burges 1998, MNIST",
    cards=(shown.name, "pca_digits"),
)
