"""Train one: build an autoencoder, train it before one's eyes, and use its code."""
from core import code_features, optimisers, penalties, squeeze_training
from pages.shared import shell, tell, train_one_lessons, train_one_page

LEAD = "Build an autoencoder and watch it learn. Press **Start**; pause, step back, change one thing and compare."
hand = shell.open_page("Train one", LEAD, network=False)
shown = train_one_page.choose(hand)
train_one_lessons.tell(shown)
tell.try_this(
    "Begin with **digits through 8 numbers** and press Start. Around step 20 all digits look alike, the mean of all: "
    "why is that the first thing it learns? Then make the code 2, and 32.",
    "Begin with **your photo, tile by tile**, pause, and drag the curtain. Then build the same with a "
    "code of 4, or another photo.",
    "Begin with **sparse** and raise the penalty weight from 0.01 to 10. When does it switch everything off?",
    "Train a **denoising** one, then open *Use the code*: is its code better to read from than the pixels?",
)
tell.show_code(
    squeeze_training.objective,
    squeeze_training.penalty_of,
    penalties.activity,
    squeeze_training.jacobian_norm,
    penalties.divergence,
    optimisers.adam,
    code_features.accuracy,
    torch="for pictures in batches:\n    code = encoder(pictures)\n    loss = F.mse_loss(decoder(code), pictures) "
    "+ weight * code.abs().mean()\n    optimiser.zero_grad()\n    loss.backward()\n    optimiser.step()",
)
tell.sources(
    hand,
    "Autoencoders: Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",
    "Sparse: Ng 2011, Sparse autoencoder; contractive: Rifai et al. 2011, Contractive auto-encoders",
    "Convolutional: Masci et al. 2011; denoising: Vincent et al. 2008; variational: Kingma and Welling 2013, "
    "<https://arxiv.org/abs/1312.6114>",
    "Digits: Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, as in scikit-learn",
)
