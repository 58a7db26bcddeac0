"""The app opens; the fixture `visitor` sees to it that no other host is asked and no error is logged."""
import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_start_page_opens(visitor, scheme):
    page = visitor(scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page).not_to_have_title("app")


