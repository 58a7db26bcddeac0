"""From the Network page to the page that takes a number apart, and back with the browser's own buttons."""
import re

from playwright.sync_api import expect

from tests.tools.shots import drawn


def test_every_step_back_shows_the_network_in_hand(visitor):
    page = visitor("network?network=lenet&picture=digit-8&layer=module1_conv&map=2")
    drawn(page, "module1_conv")
    page.get_by_role("button", name="Take this number apart").click()
    expect(page).to_have_url(re.compile("/convolution.*network=LeNet"))
    drawn(page, "network='lenet'")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/network\?.*network=LeNet.*picture=digit-8"))
    drawn(page, "network='lenet'")
    expect(page.get_by_role("radio", name="LeNet")).to_be_checked()
    page.go_forward()
    expect(page).to_have_url(re.compile("/convolution.*network=LeNet"))
    drawn(page, "network='lenet'")
