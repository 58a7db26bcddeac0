"""Gradient flow: how large the gradient and the activations are in every layer, before and during training."""
from core import flow, flow_questions, passages
from pages.shared import flow_page, flow_photo, flow_stack, shell, tell

LEAD = "Learning needs a gradient in every layer. Through many layers it can fade, grow without end, or stop."
hand = shell.open_page("Gradient flow", LEAD)
if flow_page.source(hand) == flow_page.PHOTO:
    flow_photo.show(hand)
else:
    flow_stack.show()
tell.try_this(
    "Take **vanishing** and change only the activation, then only the number of layers. What is left for layer 1?",
    "Take **vanishing** and switch on shortcuts, or batch norm. Train both. Which loss falls?",
    "Take **dead ReLUs** and give the layers more units. From how many units on does the gradient get through?",
)
tell.show_code(
    flow.measure,
    flow_questions.factor,
    passages.passages,
    torch="loss = torch.nn.functional.cross_entropy(network(images), labels)\n"
    "weights = [layer.weight for layer in network if isinstance(layer, torch.nn.Linear)]\n"
    "for gradient in torch.autograd.grad(loss, weights):\n"
    "    print(gradient.norm(), (gradient == 0).float().mean())",
)
tell.sources(
    hand,
    "Vanishing gradients: Hochreiter 1991, Untersuchungen zu dynamischen neuronalen Netzen, diploma thesis, "
    "Technische Universität München",
    "Activations and gradients layer by layer, and Xavier initialisation: Glorot and Bengio 2010, Understanding the "
    "difficulty of training deep feedforward neural networks",
    "He initialisation: He et al. 2015, <https://arxiv.org/abs/1502.01852>",
    "Shortcuts: He et al. 2016, <https://arxiv.org/abs/1512.03385>",
    "Batch norm: Ioffe and Szegedy 2015, <https://arxiv.org/abs/1502.03167>",
    "Dead ReLUs in deep, narrow stacks: Lu et al. 2019, <https://arxiv.org/abs/1903.06733>",
)
