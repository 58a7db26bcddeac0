"""Dense and softmax: from the last maps to one number for each class, and from these to probabilities."""
from core import arithmetic, contributions, ops
from pages.shared import contributions_page, dense_page, shell, tell

LEAD = "The last maps become one row of numbers. Each class weighs all of them; softmax makes the sums probabilities."
hand = shell.open_page("Dense and softmax", LEAD)
if dense_page.choose_source() == dense_page.DIGIT:
    dense, logits, card = None, dense_page.digit(), None
else:
    dense, logits, card = dense_page.network(hand)
    contributions_page.tell(hand, dense, dense_page.hides_sum(dense))
dense_page.shares(logits, dense, card)
tell.try_this(
    "Choose the second best class. What speaks for it that does not speak for the best?",
    "Set the temperature to 10, then to 0.1. Does the best class ever change?",
    "Add 10 to all logits. Which probabilities change, and why?",
)
of_the_layer = (contributions.unflattened, contributions.contributions, contributions.on_maps)
tell.show_code(
    *((*of_the_layer, contributions.class_activation) if dense else ()),
    arithmetic.softmax,
    ops.softmax,
    torch="logits = torch.nn.functional.linear(features, weight, bias)\n"
    "contributions = features * weight[index]\n"
    "probabilities = (logits / temperature).softmax(dim=0)",
)
tell.sources(
    hand,
    "Softmax as the last step of a classifier: Bridle 1990, Probabilistic interpretation of feedforward classification "
    "network outputs",
    "Class activation maps: Zhou et al. 2016, <https://arxiv.org/abs/1512.04150>",
    "A temperature for softmax: Hinton, Vinyals and Dean 2015, <https://arxiv.org/abs/1503.02531>",
)
