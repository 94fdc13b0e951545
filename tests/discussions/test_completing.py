"""What is offered while one types: nothing but what the writer may see, and whom calling reaches (D3)."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import circles
from accounts.models import Circle, User
from discussions.models import Space, Thread
from experts.actions import names
from tests.cast import client_of, first_name, make_member
from tests.discussions.conftest import open_thread, reply

NAMES, LINKS, PREVIEW = (f"/discussions/writing/{what}/" for what in ("names", "links", "preview"))


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    cache.clear()


def offered(viewer: User, address: str, **asked: object) -> list[str]:
    answer = client_of(viewer).post(address, asked)
    assert answer.status_code == 200, answer.content
    return [offer["put"] for offer in answer.json()["offers"]]


def test_names_are_offered_by_handle_and_by_any_part_of_the_name(anna: User, cas: User, thread: Thread) -> None:
    """D3. What begins so first; one's own names aren't offered."""
    for called in ("Johanna", "Annelies de Wit"):
        make_member(called)
    assert offered(cas, NAMES, q="ann", thread=thread.pk) == ["@anna", "@annelies-de-wit", "@johanna"]
    assert offered(cas, NAMES, q="de wit", thread=thread.pk) == ["@annelies-de-wit"]
    assert offered(anna, NAMES, q="anna", thread=thread.pk) == ["@johanna"]
    assert offered(cas, NAMES, q="ann", space=thread.space.pk) == ["@anna", "@annelies-de-wit", "@johanna"]


def test_in_a_circles_space_only_who_spoke_there_and_still_sees_it_is_offered(
    anna: User, bram: User, cas: User, kerngroep: Circle, circle_thread: Thread, circle_space: Space
) -> None:
    """D3, P7. A list of a circle's members is nobody's to read; who can't see the place isn't offered."""
    names.create(by=anna, holder=anna, display_name="Anemoon")
    silent = make_member("Anders")
    circles.add(by=None, circle=kerngroep, user=silent)
    for place in ({"thread": circle_thread.pk}, {"space": circle_space.pk}):
        assert offered(bram, NAMES, q="an", **place) == ["@anna"]
    reply(silent, circle_thread, "Ik ben er ook.")
    assert offered(bram, NAMES, q="an", thread=circle_thread.pk) == ["@anders", "@anna"]
    circles.remove(by=None, circle=kerngroep, user=anna)
    assert offered(bram, NAMES, q="an", thread=circle_thread.pk) == ["@anders"]


def test_where_the_writer_cant_see_the_place_nothing_is_offered(anna: User, cas: User, circle_thread: Thread) -> None:
    """D3, P6. As for a place that never was."""
    assert offered(cas, NAMES, q="an", thread=circle_thread.pk) == offered(cas, NAMES, q="an", thread=987654) == []
    assert offered(cas, NAMES, q="an", space=circle_thread.space.pk) == offered(cas, NAMES, q="an") == []


def test_a_name_no_longer_used_a_suspended_member_and_a_member_without_a_name_are_not_offered(
    anna: User, cas: User, suspended: User, space: Space, thread: Thread
) -> None:
    """D3, D12."""
    second = names.create(by=anna, holder=anna, display_name="Anemoon")
    open_thread(anna, space, "Vraag", "Van wie?", anonymously=True)
    assert offered(cas, NAMES, q="anemoon", thread=thread.pk) == ["@anemoon"]
    names.retire(by=anna, name=second)
    for words in ("anemoon", "sep", "lid", "een lid", "a member"):
        assert offered(cas, NAMES, q=words, thread=thread.pk) == [], words


def test_links_are_offered_to_what_the_writer_may_see_and_put_no_title_in_the_text(
    anna: User, bram: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3."""
    assert offered(cas, LINKS, q="prikken") == [f"/discussions/t/{thread.pk}/"]
    assert offered(bram, LINKS, q="zwijg") == [f"/discussions/t/{circle_thread.pk}/"]
    assert offered(cas, LINKS, q="zwijg") == offered(cas, LINKS, q="onzinwoord") == []
    assert offered(cas, LINKS, q="bram") == [first_name(bram).get_absolute_url()]
    assert offered(cas, LINKS, q="p") == []


@pytest.mark.parametrize("count", [20, 80])
def test_at_most_eight_are_offered_in_at_most_four_queries(
    cas: User, anna: User, space: Space, thread: Thread, count: int
) -> None:
    """D3, D17. Beside what every page asks of session and account; as many with four times the names and titles."""
    for number in range(count):
        make_member(f"Zed{number}")
        open_thread(anna, space, f"Zeden {number}", "x")
    client = client_of(cas)
    for address in (NAMES, LINKS):
        with CaptureQueriesContext(connection) as frame:
            client.post(address, {"q": ""})
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, {"q": "ze", "thread": thread.pk})
        assert len(answer.json()["offers"]) == 8
        assert len(queries) - len(frame) <= 4, queries.captured_queries


@pytest.mark.parametrize(
    "words",
    ["", " ", "%", "_", "\x00", "a\x00n", "'; DROP", "\\", "\u202e", "[[", "a" * 5000, "😀", "ＡＮ", "(((", "%%%%"],
)
def test_whatever_is_typed_gets_an_answer_and_no_sign_stands_for_all(
    cas: User, anna: User, thread: Thread, words: str
) -> None:
    """D20."""
    assert offered(cas, NAMES, q=words, thread=thread.pk) in ([], ["@anna"])
    assert len(offered(cas, LINKS, q=words)) < 2
    assert offered(cas, NAMES, q="%", thread=thread.pk) == offered(cas, NAMES, q="_", thread=thread.pk) == []
    for place in ("x", "-1", "9" * 40, "\x00"):
        assert offered(cas, NAMES, q="an", thread=place) == offered(cas, NAMES, q="an", space=place) == []


@pytest.mark.parametrize("address", [NAMES, LINKS, PREVIEW])
def test_it_is_for_members_by_post_and_at_a_human_pace(cas: User, suspended: User, address: str) -> None:
    """D3. What one types stands in no address; a visitor and a script that runs away are told so in words."""
    for viewer in (None, suspended):
        assert client_of(viewer).post(address, {"q": "an", "text": "x"}).status_code == 401
    client = client_of(cas)
    assert client.get(address).status_code == 405
    answers = [client.post(address, {"q": "a", "text": "x"}).status_code for _i in range(202)]
    assert answers[0] == 200 and answers[-1] == 429 and set(answers) == {200, 429}
    assert "Wacht een minuut" in client.post(address, {"q": "a", "text": "x"}).json()["said"]
    assert client_of(make_member("Dirk")).post(address, {"q": "a", "text": "x"}).status_code == 200


def test_the_preview_shows_what_readers_see_and_refuses_what_would_be_refused(
    anna: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3, D20. Titles and names for the writer's eyes; nothing is kept."""
    text = f"**dik** @anna {circle_thread.get_absolute_url()} <script>"
    html = client_of(cas).post(PREVIEW, {"text": text}).json()["html"]
    assert "<strong>dik</strong>" in html and ">@Anna</a>" in html and "&lt;script&gt;" in html
    assert "een gesprek dat je niet kunt zien" in html and "Zwijgkanarie" not in html
    assert "Zwijgkanarie" in client_of(anna).post(PREVIEW, {"text": text}).json()["html"]
    assert client_of(cas).post(PREVIEW, {"text": " "}).json() == {"html": ""}
    for refused in ("x" * 100_001, " ".join(f"@m{n}" for n in range(60))):
        answer = client_of(cas).post(PREVIEW, {"text": refused})
        assert answer.status_code == 400 and answer.json()["said"]
    assert thread.posts.count() == 1
