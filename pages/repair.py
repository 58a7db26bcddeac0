"""Repair: damage a picture, and see what a denoising network and the classical filters make of it."""
from core import autoencoders, quality, repairs, rivals
from pages.shared import predict, repair_page, shell, tell

LEAD = "Damage your picture with sliders and a brush. A denoising autoencoder mends it, beside the classical filters."
hand = shell.open_page("Repair", LEAD)
shown = repair_page.choose(hand)
if shown:
    kinds = repair_page.kinds(shown)
    repair_page.show(shown, kinds)
    predict.ask(kinds)
    repair_page.table(shown, repair_page.is_asked(kinds))
tell.try_this(
    "Set all sliders to 0. Does the network leave a clean picture alone?",
    "Wipe out half of a digit. What does the network draw into the hole, and is it the right half?",
    "Choose **blur** alone. Which filter makes it sharp again?",
)
tell.show_code(
    repairs.damaged,
    repairs.denoised,
    rivals.best_filtered,
    quality.psnr,
    autoencoders.reconstruct,
    torch="damaged = (clean + sigma * torch.randn_like(clean)).clamp(0, 1)\nrepaired = model(damaged)\n"
    "loss = torch.nn.functional.mse_loss(repaired, clean)  # never compared with the damaged one",
)
tell.sources(
    hand,
    "Denoising autoencoders: Vincent et al. 2008, Extracting and composing robust features, "
    "<https://doi.org/10.1145/1390156.1390294>",
    "Stacked, and for photos: Vincent et al. 2010, Stacked denoising autoencoders",
    "Total variation: Rudin, Osher and Fatemi 1992; Chambolle 2004. Non-local means: Buades, Coll and Morel 2005; "
    "all three filters as in scikit-image",
    "SSIM: Wang et al. 2004, Image quality assessment: from error visibility to structural similarity",
    cards=list(repair_page.NETWORKS.values()),
)
