"""Autoencoder: a picture squeezed through a bottleneck and rebuilt, the code under your fingers."""
from core import autoencoders, bottleneck, quality, rivalry, whole_photo
from pages.shared import (
    autoencoder_beside,
    autoencoder_known,
    autoencoder_layers,
    autoencoder_page,
    autoencoder_quiz,
    shell,
    tell,
)

LEAD = "A network squeezes the picture into a few numbers, the **code**, and rebuilds it from them. Drag the code."
hand = shell.open_page("Autoencoder", LEAD)
shown = autoencoder_page.begin(hand)
hidden = autoencoder_quiz.hidden(shown)
autoencoder_page.row(shown, hidden)
autoencoder_page.explain(shown, hidden)
autoencoder_quiz.ask(shown)
autoencoder_layers.show(shown)
autoencoder_beside.show(shown, bool(hidden & autoencoder_quiz.TOLD_BESIDE))
autoencoder_known.show(shown)
tell.try_this(
    "Take a digit and go from code size 2 to 8 to 32. What comes back first, what last?",
    "Drag units of the code. Does one of them stand for slant, or thickness? Then press **Its own code**.",
    "Draw a digit, then a face. How far does the error climb?",
    "Feed a photo of yours to a network for digits. What does it take it for?",
)
tell.show_code(
    autoencoders.encode,
    autoencoders.decode,
    bottleneck.through,
    whole_photo.squeeze,
    quality.psnr,
    rivalry.rounded,
    torch="code = model.encoder(image[None])\noutput = model.decoder(code).clamp(0, 1)[0]\n"
    "mse = torch.nn.functional.mse_loss(output, image)",
)
tell.sources(
    hand,
    "Autoencoders: Hinton and Salakhutdinov 2006, <https://doi.org/10.1126/science.1127647>",
    "Stacked convolutional autoencoders: Masci et al. 2011, <https://doi.org/10.1007/978-3-642-21735-7_7>",
    "SSIM: Wang et al. 2004, Image quality assessment: from error visibility to structural similarity",
    "MNIST: LeCun, Cortes and Burges 1998; CIFAR-10: Krizhevsky 2009",
    cards=[shown.chosen.name],
)
