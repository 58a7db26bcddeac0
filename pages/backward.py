"""Backward: the network in reverse, from the answer down to the pixels; every slope opens."""
from core import attribution, backwards, gradients, nudges, weight_slopes
from pages.shared import (
    backward_page,
    backward_place,
    backward_quiz,
    nudge_page,
    predict,
    saliency_page,
    shell,
    tell,
    weights_page,
)

LEAD = "How much does the answer change with each number? Its slope says so."
hand = shell.open_page("Backward", LEAD)
shown = backward_place.choose(hand)
asked = predict.is_open(backward_quiz.about(shown))
backward_page.show(shown, asked)
backward_quiz.ask(shown)
backward_page.table(shown, asked)
methods = saliency_page.show(shown)
weight = weights_page.choose(shown)
weights_page.show(shown, weight)
nudge_page.show(shown, weight)
tell.try_this(
    "Step back until you meet a max pooling. Which cells get a slope, and which get none?",
    "Open a number that is 0 before a ReLU. What comes back to it, and what does that mean for learning?",
    "Switch on **With random weights**. Which method hardly notices that nothing was learned?",
    "Nudge a pixel by 0.001, then by 10. When does the slope stop telling the truth, and why?",
)
tell.show_code(
    gradients.backtrace,
    backwards.explain_backward,
    weight_slopes.explain_weight,
    nudges.nudge_pixel,
    *(attribution.METHODS[name] for name in methods),
    torch="maps.retain_grad()\nscore = network(image)[0, index]\nscore.backward()\n"
    "maps.grad, layer.weight.grad, image.grad.abs().amax(dim=1)  # slopes of maps and weights; saliency",
)
tell.sources(
    hand,
    "Backpropagation: Rumelhart, Hinton and Williams 1986, <https://doi.org/10.1038/323533a0>",
    "Saliency: Simonyan, Vedaldi and Zisserman 2013, <https://arxiv.org/abs/1312.6034>",
    "Gradient × input: Shrikumar et al. 2016, <https://arxiv.org/abs/1605.01713>",
    "Integrated gradients: Sundararajan, Taly and Yan 2017, <https://arxiv.org/abs/1703.01365>",
    "Guided backpropagation: Springenberg et al. 2014, <https://arxiv.org/abs/1412.6806>",
    "SmoothGrad: Smilkov et al. 2017, <https://arxiv.org/abs/1706.03825>",
    "Grad-CAM: Selvaraju et al. 2017, <https://arxiv.org/abs/1610.02391>",
    "Occlusion: Zeiler and Fergus 2013, <https://arxiv.org/abs/1311.2901>",
    "Sanity checks for saliency maps: Adebayo et al. 2018, <https://arxiv.org/abs/1810.03292>",
)
