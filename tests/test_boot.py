"""What is prepared once per process."""
import asyncio
import tempfile

import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser

from core.images import MAX_BYTES
from pages.shared import boot


@pytest.fixture
def no_temporary_files(monkeypatch):
    """Whoever takes a temporary file on the disk fails."""

    def refuse(*arguments, **options):
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "_TemporaryFile", refuse, raising=False)


@pytest.mark.parametrize("size", [3_000_000, MAX_BYTES])
def test_no_upload_touches_the_disk(monkeypatch, no_temporary_files, size):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    boot._keep_photos_off_the_disk()
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'

    async def body():
        yield head + b"\xff" * size + b"\r\n--cut--\r\n"

    headers = Headers({"content-type": "multipart/form-data; boundary=cut"})
    form = asyncio.run(MultiPartParser(headers, body()).parse())
    assert form["file"].size == size
    assert not form["file"].file._rolled
    form["file"].file.close()


def test_the_page_is_warmed_up_once(monkeypatch):
    warmed = []
    monkeypatch.setattr(boot, "_done", False)
    for name in ("keep_memory", "_keep_photos_off_the_disk", "_answer_at_once", "_allow_many_sessions"):
        monkeypatch.setattr(boot, name, lambda: None)
    monkeypatch.setattr(boot.gc, "freeze", lambda: None)
    for _ in range(3):
        boot.once(lambda: warmed.append("up"))
    assert warmed == ["up"]
