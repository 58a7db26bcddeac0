"""Figures of a class of thirty on one server."""
from tests.bench.rows import Row
from tests.tools.load import Choose, Go, simulate
from tests.tools.server import Server

ACTIONS = (
    Choose("Network", "Tiny VGG"),
    Go("network"),
    Choose("Colours run over", "layer"),
    Choose("Network", "EfficientNet-Lite0"),
    Choose("Training", "untrained"),
    Choose("Training", "trained"),
    Choose("Network", "LeNet"),
    Go("convolution"),
    Choose("Kernel", "sharpen"),
    Choose("Colour", True),
    Go("convolution", "conv_on=layer&layer=module1_conv&map=3&cell=4,5"),
    Go("convolution", "conv_on=layer&layer=module1_conv&map=3&cell=20,7"),
    Go("activation"),
    Go("pooling", "pool_on=layer"),
    Go("dense"),
    Choose("Add to all logits", 5),
    Go(""),
    Choose("What it gets", "square"),
    Choose("Network", "EfficientNet-Lite0"),
)


def measure(server: Server, photo: bytes) -> list[Row]:
    """Thirty students upload and switch; ten others before them, so that the server's own share is not counted.

    The photo has 3 megapixels; thirty uploads of it and 600 actions share the two cores with the students themselves.
    """
    pid = server.process.pid
    simulate(server.url, 10, ACTIONS, think=1, photo=photo, pid=pid)
    report = simulate(server.url, 30, ACTIONS, think=2, photo=photo, pid=pid)
    action, upload, load = report["action"], report["upload"], report["load"]
    detail = (
        f"{action['count']} actions, p50 {action['p50']} ms; upload p50 {upload['p50']}, p95 {upload['p95']} ms; "
        f"first page p50 {load['p50']}, p95 {load['p95']} ms"
    )
    return [
        Row("thirty students, think time 2 s: action p95", action["p95"], "ms", 100, detail),
        Row("thirty students: errors", report["errors"], "", 0, str(report["error_messages"] or "")),
        Row("memory per further student with a photo", report["mb_per_student"], "MB", 4),
    ]
