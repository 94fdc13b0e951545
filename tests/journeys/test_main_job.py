"""What the platform is for, from the first sign-in to the digest in the mailbox, in a real browser."""

import re

from playwright.sync_api import expect

from tests.harness.browser import fits_width
from tests.harness.demo import DemoSite
from tests.journeys.conftest import SignIn


def test_an_expert_is_found_asks_and_is_answered(sign_in: SignIn) -> None:
    """D2, D5, P11. A nurse asks on her phone; a scientist finds her, and answers; she sees what is new."""
    nurse = sign_in("nurse", phone=True)
    nurse.goto("/discussions/zorg/new/")
    nurse.get_by_label("Titel").fill("Wie kent een tolk Hongaars in Twente?")
    nurse.get_by_role("textbox", name="Tekst").fill(
        "Voor een spreekuur op **donderdag**. @scientist, weet jij iemand?"
    )
    nurse.get_by_role("button", name=re.compile("Open|Begin|Plaats")).first.click()
    expect(nurse.get_by_role("heading", level=1)).to_contain_text("tolk Hongaars")
    assert fits_width(nurse)
    address = nurse.url

    scientist = sign_in("scientist")
    scientist.goto("/experts/?q=soa-zorg")
    expect(scientist.get_by_role("main")).to_contain_text("Ilse")
    scientist.goto("/notifications/")
    expect(scientist.get_by_role("main")).to_contain_text("Wie kent een tolk Hongaars in Twente?")
    scientist.goto(address)
    expect(scientist.locator("strong", has_text="donderdag")).to_be_visible()
    scientist.get_by_label("Jouw antwoord").fill("Zsófia tolkt Hongaars; zij staat bij Experts.")
    scientist.get_by_role("button", name="Plaats antwoord").click()
    expect(scientist.get_by_role("main")).to_contain_text("Zsófia tolkt Hongaars")

    nurse.goto("/notifications/")
    expect(nurse.get_by_role("main")).to_contain_text("Hanna")
    nurse.get_by_role("link", name="Wie kent een tolk Hongaars in Twente?").first.click()
    expect(nurse.get_by_role("heading", level=1)).to_contain_text("tolk Hongaars")
    expect(nurse.get_by_role("main")).to_contain_text("Zsófia tolkt Hongaars")
    expect(nurse.locator(".fresh").first).to_be_visible()
    nurse.reload()
    expect(nurse.locator(".fresh")).to_have_count(0)


def test_a_coordinator_publishes_a_page_that_everybody_can_read(sign_in: SignIn, demo_site: DemoSite) -> None:
    """K1, K10, K18. In the CMS, behind the platform's own sign-in; nothing is asked of another host."""
    coordinator = sign_in("coordinator")
    asked: list[str] = []
    coordinator.on("request", lambda request: asked.append(request.url))
    coordinator.goto("/cms/")
    found = demo_site.manage(
        "shell",
        "-v0",
        "-c",
        "from cms.models import TopicHubPage as T;"
        "print(T.objects.get(locale__language_code='nl', slug='veiligheid').pk)",
    )
    coordinator.goto(f"/cms/pages/add/cms/articlepage/{found.split()[-1]}/")
    coordinator.locator("#id_title").fill("Veilig werken in een hotel")
    coordinator.locator("#id_summary").fill("Wat je vooraf afspreekt, en met wie.")
    coordinator.get_by_role("button", name=re.compile("Meer acties|More actions|Meer|Acties")).first.click()
    coordinator.get_by_role("button", name=re.compile("^(Publiceren|Publish|Publiceer)")).first.click()
    expect(coordinator).not_to_have_url(re.compile("/pages/add/"))
    expect(coordinator.locator(".messages")).to_contain_text("Veilig werken in een hotel")

    visitor = sign_in(None)
    visitor.goto("/nl/kennis/veiligheid/")
    visitor.get_by_role("link", name="Veilig werken in een hotel").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Veilig werken in een hotel")
    assert all(url.startswith((demo_site.url, "data:", "blob:")) for url in asked)


def test_reading_and_writing_work_without_script(sign_in: SignIn) -> None:
    """D19, S14. Read, write, look first, follow, search, settings, leave: with scripts off, on a phone."""
    member = sign_in("member", phone=True, script=False)
    member.goto("/discussions/veiligheid/")
    member.get_by_role("main").get_by_role("link", name="Aangifte doen zonder je adres te noemen").first.click()
    member.get_by_label("Jouw antwoord").fill("Dit werkte bij ons *ook*.")
    member.get_by_role("button", name="Bekijk eerst").click()
    expect(member.locator("em", has_text="ook")).to_be_visible()
    member.get_by_role("button", name="Plaats antwoord").click()
    expect(member.get_by_role("main")).to_contain_text("Dit werkte bij ons ook.")
    member.get_by_label("Nauw volgen").check()
    with member.expect_navigation():
        member.get_by_role("button", name="Bewaar", exact=True).first.click()
    expect(member.get_by_label("Nauw volgen")).to_be_checked()
    member.goto("/notifications/settings/")
    member.get_by_label("Hoe laat?").select_option(label="18:00")
    member.get_by_role("button", name="Bewaar dit").click()
    expect(member.locator("#sentence")).to_contain_text("18:00")
    member.goto("/experts/?q=aangifte")
    expect(member.get_by_role("main")).to_contain_text("Marit")
    member.get_by_role("link", name="Weg hier").click()
    expect(member).to_have_url(re.compile("/leave/$"))
    member.goto("/notifications/")
    expect(member).to_have_url(re.compile("/accounts/login/"))


def test_a_stranger_to_the_circle_meets_the_same_page_as_for_nothing(sign_in: SignIn, demo_site: DemoSite) -> None:
    """S2. The space of the circle and a space that never was answer alike."""
    nurse = sign_in("nurse")
    hidden = nurse.request.get(f"{demo_site.url}/discussions/kerngroep/")
    absent = nurse.request.get(f"{demo_site.url}/discussions/kerngroeq/")
    assert hidden.status == absent.status == 404
    token = re.compile(r'(name="csrfmiddlewaretoken" value=)"[^"]+"')
    one, other = (token.sub(r"\1", answer.text()) for answer in (hidden, absent))
    assert one.replace("kerngroep", "") == other.replace("kerngroeq", "")
