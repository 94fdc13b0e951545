"""What a newcomer finds soon after `make run`. The first of the journeys: what a later one reads on the site is told
in no overview any more."""

import pytest
from playwright.sync_api import expect

from notifications.demo.scene import quiet_hours
from notifications.quiet import is_between
from swexpertise.start import processes
from tests.harness.demo import MEMBERS, DemoSite
from tests.journeys.conftest import SignIn


@pytest.mark.parametrize("hour", range(24))
def test_no_quiet_hours_hold_the_first_overview(hour: int) -> None:
    """N2. Whatever time it is when the demo is played."""
    assert not [later for later in range(3) if is_between((hour + later) % 24, *quiet_hours(hour))]


def test_each_fixed_member_finds_a_digest_in_the_mailbox(sign_in: SignIn, demo_site: DemoSite) -> None:
    """N2, N6, N15. Sent by the worker over SMTP within two minutes of starting; in words that may stand there."""
    due = [f"{key}@demo.invalid" for key in ("coordinator", "nurse", "scientist", "activist", "member")]
    assert processes.wait_until(lambda: all(demo_site.mails_to(address) for address in due), within=150)
    visitor = sign_in(None)
    visitor.goto("/mailbox/")
    expect(visitor.get_by_role("main")).to_contain_text("nurse@demo.invalid")
    for address in due:
        digest = demo_site.mails_to(address)[0]
        assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert digest.get_body(("plain",))
    discreet = demo_site.mails_to("member@demo.invalid")[0]
    assert "@" not in str(discreet["Subject"]) and "Kerngroep" not in discreet.as_string()
    assert set(MEMBERS) == {address.partition("@")[0] for address in due}
