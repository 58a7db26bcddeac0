"""Neuron: the forward pass, the loss, the backward pass and the update of a few neurons, every number by hand."""
from core import neurons, scalar
from pages.shared import neuron_lessons, neuron_page, neuron_quiz, shell, tell

LEAD = "A few neurons learn: forward, loss, backward, update. Point at anything to see its numbers, and type your own."
hand = shell.open_page("Neuron", LEAD, picture=False)
shown = neuron_page.choose()
until = neuron_quiz.until(shown)
neuron_page.show(shown, until)
neuron_quiz.ask(shown)
neuron_lessons.tell(shown, until)
tell.try_this(
    "Run it and watch the loss. Then type a target that tanh can never reach, such as 2. Where does it stop?",
    "Choose a weight and set the learning rate to 50. Where does the step land on its curve?",
    "Choose **ReLU** and type a bias of −5 into the first neuron. Why do all its slopes become 0?",
)
tell.show_code(
    neurons.expression,
    scalar.gradient,
    neurons.updated,
    neurons.rise_over_run,
    torch="loss = 0.5 * ((target - network(x)) ** 2).sum()\nloss.backward()\n"
    "with torch.no_grad():\n    for w in network.parameters():\n        w -= rate * w.grad",
)
tell.sources(
    hand,
    "Backpropagation: Rumelhart, Hinton and Williams 1986, <https://doi.org/10.1038/323533a0>",
    "How to begin: Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
)
