"""Training lab: choose data, build a network, and watch it learn; every run can be repeated, stepped back and saved."""
from core import optimisers, review, training
from pages.shared import lab_lessons, lab_page, shell, tell

LEAD = "Build a small network and watch it learn. Press **Start**; pause, step back, change something and compare."
hand = shell.open_page("Training lab", LEAD, picture=False)
shown = lab_page.choose()
lab_lessons.tell(shown)
tell.try_this(
    "Can't double dip: begin with **by heart** and press Start. Training accuracy reaches 100 %; what of the test? "
    "Then give it 1,000 examples and compare.",
    "Begin with **spiral**, then set the activation to **none**. Can straight borders ever part the arms?",
    "Choose another learning rate, press Start again, and compare the runs on one chart.",
    "Begin with **digits**, pause at step 50 and draw a digit. Draw it again at step 1,000.",
)
tell.show_code(
    training.advance,
    optimisers.cross_entropy,
    optimisers.adam,
    review.confusion,
    torch="for inputs, labels in batches:\n    loss = F.cross_entropy(network(inputs), labels)\n"
    "    optimiser.zero_grad()\n    loss.backward()\n    optimiser.step()",
)
tell.sources(
    hand,
    "Digits: Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, as in scikit-learn",
    "Adam: Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>",
    "First weights: He et al. 2015, <https://arxiv.org/abs/1502.01852>; Glorot and Bengio 2010",
    "Dropout: Srivastava et al. 2014; batch norm: Ioffe and Szegedy 2015, <https://arxiv.org/abs/1502.03167>",
)
