"""Proof one: the table a board member can read is the rule the program follows, cell by cell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Page

from accounts.audiences import Audience, Viewer
from accounts.models import Circle, CircleMembership, Invitation, Preferences, User
from cms.models import KnowledgePage, PdfDocument, StandardPage, Use
from discussions.models import (
    Appeal,
    Attachment,
    Ballot,
    Bookmark,
    Decision,
    Draft,
    Import,
    ImportAuthor,
    ImportedMessage,
    Poll,
    Post,
    Reaction,
    Reading,
    Report,
    Revision,
    Space,
    StandRevision,
    Thread,
    ThreadAlias,
    Tidying,
    Turnout,
    Vote,
)
from discussions.moderating import hidden_text, removed_posts
from experts.actions import names
from experts.models import (
    Affiliation,
    Body,
    BodySeat,
    Leaving,
    Mandate,
    Name,
    Organisation,
    Profile,
    ProfileFact,
    Topic,
    TopicAlias,
)
from letters.models import Letter
from notifications.models import (
    Delivery,
    Event,
    FeedKey,
    Issue,
    MailTrouble,
    Note,
    Notice,
    ParkedReply,
    Reachability,
    Watch,
)
from search.models import Entry
from swexpertise.writing import references, write

TABLE = settings.BASE_DIR / "docs" / "who-sees-what.md"
DAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
YES_NO = {"yes": True, "no": False}


def rows() -> tuple[list[str], list[tuple[str, dict[str, bool]]]]:
    """The people of the second table's head, and each thing with what every one of them may see."""
    lines = [line.strip("| ") for line in TABLE.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    start = next(index for index, row in enumerate(cells) if row[0] == "thing")
    people = cells[start][1:]
    return people, [
        (row[0], {person: YES_NO[cell] for person, cell in zip(people, row[1:], strict=True)})
        for row in cells[start + 2 :]
    ]


PEOPLE, ROWS = rows()


@dataclass
class World:
    people: dict[str, Viewer]
    circle: Circle

    @property
    def owner(self) -> User:
        owner = self.people["owner"]
        assert isinstance(owner, User)
        return owner


@pytest.fixture
def world(db: None) -> World:
    circle = Circle.objects.create(slug="kerngroep", name="Kerngroep")
    people: dict[str, Viewer] = {"visitor": AnonymousUser()}
    for person in PEOPLE[1:]:
        role = person if person in ("coordinator", "administrator") else "member"
        user = User.objects.create_user(f"{person.replace(' ', '-')}@cast.invalid", "x", role=role)
        Preferences.objects.create(user=user)
        people[person] = user
    for person in ("in circle", "suspended"):
        CircleMembership.objects.create(circle=circle, user=people[person])
    User.objects.filter(pk=people["suspended"].pk).update(is_active=False)
    people["suspended"].refresh_from_db()  # type: ignore[union-attr]  # a User
    return World(people, circle)


def name_of(world: World, audience: str = Audience.MEMBERS, **more: Any) -> Name:
    return Name.objects.create(
        holder=world.owner, display_name="Anna", handle="anna", audience=audience, is_first=True, **more
    )


def space_of(world: World, audience: str) -> Space:
    circle = world.circle if audience == Audience.CIRCLE else None
    return Space.objects.create(slug=audience, name=audience, audience=audience, circle=circle)


def thread_of(world: World, audience: str, **more: Any) -> Thread:
    return Thread.objects.create(space=space_of(world, audience), title="Titel", author=name_of(world), **more)


def post_of(world: World, audience: str, **more: Any) -> Post:
    thread = thread_of(world, audience)
    return Post.objects.create(thread=thread, author=thread.author, number=1, path=b"\x01", **more)


def question_of(world: World) -> Post:
    thread = Thread.objects.create(
        space=space_of(world, Audience.MEMBERS), title="Titel", author=names.veil(by=world.owner)
    )
    return Post.objects.create(
        thread=thread, author=thread.author, number=1, path=b"", source="x", html="x", plain="x"
    )


def alias_of(world: World, audience: str) -> ThreadAlias:
    post = post_of(world, audience)
    gone = Thread.objects.create(space=post.thread.space, title="", author=post.author, removed_at=timezone.now())
    return ThreadAlias.objects.create(thread=gone, post=post)


def tidying_of(world: World, audience: str) -> Tidying:
    thread = thread_of(world, audience)
    other = Thread.objects.create(space=thread.space, title="", author=thread.author, removed_at=timezone.now())
    return Tidying.objects.create(act="merge", thread=thread, other=other, by=world.owner)


def file_of(world: World, audience: str, **more: Any) -> Attachment:
    return Attachment.objects.create(post=post_of(world, audience, **more), kind="pdf", file="x.pdf", size=1)


def revision_of(world: World, **more: Any) -> Revision:
    post = post_of(world, Audience.MEMBERS, **more)
    moment = timezone.now()
    return Revision.objects.create(post=post, source="x", html="x", plain="x", written_at=moment, replaced_at=moment)


def stand_of(world: World) -> StandRevision:
    thread = thread_of(world, Audience.MEMBERS)
    return StandRevision.objects.create(thread=thread, by=thread.author, written_at=timezone.now())


def poll_of(world: World, audience: str = Audience.MEMBERS, **more: Any) -> Poll:
    thread = thread_of(world, audience)
    closes_at = timezone.now() + timedelta(days=1)
    return Poll.objects.create(
        thread=thread, author=thread.author, question="Q", options=["a", "b"], closes_at=closes_at, **more
    )


def vote_of(world: World) -> Vote:
    poll = poll_of(world)
    return Vote.objects.create(poll=poll, name=poll.author, choice=0)


def ballot_of(world: World, voted: int, **more: Any) -> Ballot:
    poll = poll_of(world, is_secret=True, **more)
    for _number in range(voted):
        Turnout.objects.create(poll=poll)
    return Ballot.objects.create(poll=poll, choice=0)


def reaction_of(world: World, **more: Any) -> Reaction:
    post = post_of(world, Audience.MEMBERS, **more)
    return Reaction.objects.create(post=post, name=post.author, kind="thanks")


def imported_of(world: World) -> ImportedMessage:
    post = post_of(world, Audience.MEMBERS, source="x", html="x", plain="x")
    space = post.thread.space
    batch = Import.objects.create(space=space)
    return ImportedMessage.objects.create(batch=batch, space=space, message_hash="0" * 64, post=post)


def report_of(world: World, audience: str = Audience.MEMBERS) -> Report:
    """Of what somebody else wrote, who is none of the people of the table."""
    post = post_of(world, audience, source="x", html="x", plain="x")
    Name.objects.filter(pk=post.author_id).update(holder=User.objects.create_user("else@cast.invalid", "x"))
    return Report.objects.create(post=post, reporter=world.owner, grounds="rules")


def appeal_of(world: World) -> Appeal:
    post = revision_of(world, deleted_at=timezone.now(), deleted_by_author=False).post
    return Appeal.objects.create(decision=decision_on(post.thread, "remove_post", post=post), words="x")


def decision_on(thread: Thread, act: str, **more: Any) -> Decision:
    return Decision.objects.create(thread=thread, **({"act": act, "reason": "x", "space": thread.space} | more))


def moved_into_circle(world: World) -> Decision:
    thread = thread_of(world, Audience.CIRCLE)
    return decision_on(thread, "move", space=space_of(world, Audience.MEMBERS))


def appeal_of_whole(world: World) -> Appeal:
    post = post_of(world, Audience.MEMBERS, source="x", html="x", plain="x")
    Thread.objects.filter(pk=post.thread_id).update(removed_at=timezone.now())
    return Appeal.objects.create(decision=decision_on(post.thread, "remove"), words="x")


@dataclass(frozen=True)
class HiddenText:
    """What the page of an appeal shows of the post."""

    appeal: Appeal

    def visible_to(self, viewer: Viewer) -> bool:
        found = Appeal.objects.visible_to(viewer).with_what_it_is_about().filter(pk=self.appeal.pk).first()
        shows = hidden_text if self.appeal.decision.post else removed_posts
        return bool(found and shows(viewer, found))  # type: ignore[operator,arg-type]  # who sees an appeal is a User


def affiliation_of(world: World, audience: str) -> Affiliation:
    name = name_of(world)
    Profile.objects.create(name=name, organisations_audience=audience)
    organisation = Organisation.objects.create(slug="o", name="O", kind="ngo")
    return Affiliation.objects.create(name=name, organisation=organisation)


def organisation() -> Organisation:
    return Organisation.objects.create(slug="o", name="O", kind="ngo")


def body_of(world: World) -> Body:
    return Body.objects.create(organisation=organisation(), slug="b", name_nl="B", name_en="B")


def fact_of(world: World, audience: str) -> ProfileFact:
    profile = Profile.objects.create(name=name_of(world, Audience.PUBLIC))
    return ProfileFact.objects.create(profile=profile, kind="region", value="x", text="x", audience=audience)


def entry_of(kind: str, thing: Any, **more: Any) -> Entry:
    return Entry.objects.create(kind=kind, object_id=thing.pk, url="/", **more)


def page_entry(level: int) -> Entry:
    page = StandardPage(title="Pagina", slug="pagina")
    Page.get_first_root_node().add_child(instance=page)
    return entry_of("page", page, from_level=level)


@dataclass(frozen=True)
class ProfileField:
    """A field of a profile, asked by `Profile.shows`."""

    profile: Profile

    def visible_to(self, viewer: Viewer) -> bool:
        return self.profile.shows("introduction", viewer)


@dataclass(frozen=True)
class TitleBehindALink:
    """What a link without words of its own says, asked as a page asks it."""

    thread: Thread

    def visible_to(self, viewer: Viewer) -> bool:
        html = write(f"[[thread:{self.thread.pk}]]").html
        return self.thread.title in references.targets(viewer, html).values()


@dataclass(frozen=True)
class TextUnderANote:
    """What a list gives of a post, for somebody who chose nothing."""

    post: Post

    def visible_to(self, viewer: Viewer) -> bool:
        posts = Post.objects.visible_to(viewer).for_eyes_of(viewer).filter(pk=self.post.pk)
        return any(post.excerpt == self.post.plain for post in posts)


def field_of(world: World, audience: str) -> ProfileField:
    return ProfileField(
        Profile.objects.create(name=name_of(world, Audience.PUBLIC), introduction="x", introduction_audience=audience)
    )


def letter_of(world: World, state: str) -> Letter:
    organisation = Organisation.objects.create(slug="o", name="O", kind="ngo")
    return Letter.objects.create(slug="l", state=state, title_nl="L", title_en="L", initiator=organisation)


def page_of(world: World, audience: str, *, above: str = Audience.PUBLIC, live: bool = True) -> KnowledgePage:
    root = Page.get_first_root_node()
    parent = StandardPage(title="Boven", slug="boven", audience=above, live=True)
    root.add_child(instance=parent)
    circle = world.circle if audience == Audience.CIRCLE else None
    page = StandardPage(title="Pagina", slug="pagina", audience=audience, circle=circle, live=live)
    parent.add_child(instance=page)
    return KnowledgePage.objects.get(pk=page.pk)


def use_of(world: World, audience: str) -> Use:
    document = PdfDocument.objects.create(title="D", file="documents/x.pdf")
    return Use.objects.create(page=page_of(world, audience), document=document)


def delivery_of(world: World) -> Delivery:
    post = post_of(world, Audience.MEMBERS, source="x", html="x", plain="x")
    event = Event.objects.create(
        kind="post_published", thread=post.thread, post=post, actor=post.author, at=timezone.now()
    )
    return Delivery.objects.create(
        event=event, recipient=world.owner, channel="inbox", reason="following", is_urgent=False, state="sent", at=DAY
    )


def letter_delivery_of(world: World, state: str) -> Delivery:
    event = Event.objects.create(kind="letter_opened", letter=letter_of(world, state), at=timezone.now())
    return Delivery.objects.create(
        event=event, recipient=world.owner, channel="inbox", reason="following", is_urgent=False, state="sent", at=DAY
    )


MAKE: dict[str, Callable[[World], Any]] = {
    "account": lambda world: world.owner,
    "preferences": lambda world: Preferences.objects.get(user=world.owner),
    "invitation that waits": lambda world: Invitation.objects.create(
        email="new@cast.invalid", invited_by=world.people["coordinator"], secret_hash="0" * 64
    ),
    "circle": lambda world: world.circle,
    "who is in a circle": lambda world: CircleMembership.objects.create(
        circle=Circle.objects.create(slug="other", name="Other"), user=world.owner
    ),
    "name for members": name_of,
    "name for everyone": lambda world: name_of(world, Audience.PUBLIC),
    "name no longer used": lambda world: name_of(world, retired_at=timezone.now()),
    "anonymous name, as something to find": lambda world: names.veil(by=world.owner),
    "who stands behind an anonymous name": lambda world: names.veil(by=world.owner).veil,
    "that a name is of an erased account, until it goes": lambda world: Leaving.objects.create(
        name=name_of(world), lapses_at=DAY
    ),
    "profile field: everyone": lambda world: field_of(world, Audience.PUBLIC),
    "profile field: members": lambda world: field_of(world, Audience.MEMBERS),
    "profile field: coordinators": lambda world: field_of(world, Audience.COORDINATORS),
    "profile field: only me": lambda world: field_of(world, Audience.ONLY_ME),
    "who belongs to an organisation: members": lambda world: affiliation_of(world, Audience.MEMBERS),
    "who belongs to an organisation: coordinators": lambda world: affiliation_of(world, Audience.COORDINATORS),
    "what a topic was called before": lambda world: TopicAlias.objects.create(
        slug="oud", word="oud", topic=Topic.objects.create(name="nieuw")
    ),
    "organisation": lambda world: Organisation.objects.create(slug="o", name="O", kind="ngo"),
    "body of an organisation": lambda world: body_of(world),
    "who sits in a body": lambda world: BodySeat.objects.create(
        body=body_of(world), name=name_of(world), from_on=timezone.localdate()
    ),
    "mandate to speak or sign": lambda world: Mandate.objects.create(
        name=name_of(world), organisation=organisation(), kind="sign", from_on=timezone.localdate()
    ),
    "what search knows of a profile: everyone": lambda world: fact_of(world, Audience.PUBLIC),
    "what search knows of a profile: members": lambda world: fact_of(world, Audience.MEMBERS),
    "what search knows of a profile: coordinators": lambda world: fact_of(world, Audience.COORDINATORS),
    "what search knows of a profile: only me": lambda world: fact_of(world, Audience.ONLY_ME),
    "what search finds of a public page": lambda world: page_entry(0),
    "what search finds of its part for members": lambda world: page_entry(1),
    "what search finds of its part for coordinators": lambda world: page_entry(2),
    "what search finds of a thread for members": lambda world: entry_of("thread", thread_of(world, Audience.MEMBERS)),
    "what search finds of a post of the circle": lambda world: entry_of(
        "post", post_of(world, Audience.CIRCLE, source="x", html="x", plain="x")
    ),
    "what search finds of a deleted post": lambda world: entry_of(
        "post", post_of(world, Audience.MEMBERS, deleted_at=timezone.now())
    ),
    "space for members": lambda world: space_of(world, Audience.MEMBERS),
    "space of the circle": lambda world: space_of(world, Audience.CIRCLE),
    "thread for members": lambda world: thread_of(world, Audience.MEMBERS),
    "thread of the circle": lambda world: thread_of(world, Audience.CIRCLE),
    "thread that was removed": lambda world: thread_of(world, Audience.MEMBERS, removed_at=timezone.now()),
    "where a merged thread for members went": lambda world: alias_of(world, Audience.MEMBERS),
    "where a merged thread of the circle went": lambda world: alias_of(world, Audience.CIRCLE),
    "way back from a split or merge among members": lambda world: tidying_of(world, Audience.MEMBERS),
    "way back from a split or merge within the circle": lambda world: tidying_of(world, Audience.CIRCLE),
    "post for members": lambda world: post_of(world, Audience.MEMBERS, source="x", html="x", plain="x"),
    "question from “a member”": lambda world: question_of(world),
    "post of the circle": lambda world: post_of(world, Audience.CIRCLE, source="x", html="x", plain="x"),
    "title behind a link to a thread of the circle": lambda world: TitleBehindALink(thread_of(world, Audience.CIRCLE)),
    "text under a content note, unasked": lambda world: TextUnderANote(
        post_of(world, Audience.MEMBERS, source="x", html="x", plain="x", content_note="geweld")
    ),
    "file with a post for members": lambda world: file_of(world, Audience.MEMBERS),
    "file with a post of the circle": lambda world: file_of(world, Audience.CIRCLE),
    "file with a deleted post": lambda world: file_of(world, Audience.MEMBERS, deleted_at=timezone.now()),
    "file that waits for its post": lambda world: Attachment.objects.create(
        waits_for=world.owner, kind="pdf", file="x.pdf", size=1
    ),
    "earlier text of a post": lambda world: revision_of(world, source="y", html="y", plain="y"),
    "earlier text of a deleted post": lambda world: revision_of(world, deleted_at=timezone.now()),
    "earlier summary of a thread": lambda world: stand_of(world),
    "poll for members": lambda world: poll_of(world),
    "poll of the circle": lambda world: poll_of(world, Audience.CIRCLE),
    "vote in an open ballot": lambda world: vote_of(world),
    "that somebody voted in secret": lambda world: Turnout.objects.create(
        poll=poll_of(world, is_secret=True), user=world.owner
    ),
    "ballot of a secret poll that is open": lambda world: ballot_of(world, 5),
    "ballot of a secret poll in which few voted": lambda world: ballot_of(world, 4, closed_at=timezone.now()),
    "ballot of a secret poll in which five voted": lambda world: ballot_of(world, 5, closed_at=timezone.now()),
    "reaction to a post": lambda world: reaction_of(world, source="x", html="x", plain="x"),
    "reaction to a deleted post": lambda world: reaction_of(world, deleted_at=timezone.now()),
    "post that somebody keeps": lambda world: Bookmark.objects.create(
        user=world.owner, post=post_of(world, Audience.MEMBERS, source="x", html="x", plain="x")
    ),
    "what somebody has read": lambda world: Reading.objects.create(
        user=world.owner, thread=thread_of(world, Audience.MEMBERS)
    ),
    "report of an imported mailing list, in a space for members": lambda world: Import.objects.create(
        space=space_of(world, Audience.MEMBERS)
    ),
    "report of an imported mailing list, in a space of the circle": lambda world: Import.objects.create(
        space=space_of(world, Audience.CIRCLE)
    ),
    "which message of a mailing list became which post": imported_of,
    "whose address wrote as which imported participant": lambda world: ImportAuthor.objects.create(
        space=space_of(world, Audience.MEMBERS), address_hash="0" * 64, name=name_of(world)
    ),
    "text that somebody is still writing": lambda world: Draft.objects.create(
        author=world.owner, kind="thread", space=space_of(world, Audience.MEMBERS), text="x"
    ),
    "letter": lambda world: letter_of(world, "open"),
    "letter that is a draft": lambda world: letter_of(world, "draft"),
    "decision of a coordinator on a thread for members": lambda world: decision_on(
        thread_of(world, Audience.MEMBERS), "pin"
    ),
    "decision of a coordinator on a thread that was removed": lambda world: decision_on(
        thread_of(world, Audience.MEMBERS, removed_at=timezone.now()), "remove"
    ),
    "decision of a coordinator on a thread that stands in the circle since": moved_into_circle,
    "decision of a coordinator on a thread of the circle": lambda world: decision_on(
        thread_of(world, Audience.CIRCLE), "pin"
    ),
    "report of a post, made by the owner": lambda world: report_of(world),
    "report of a post that the owner wrote": lambda world: Report.objects.create(
        post=post_of(world, Audience.MEMBERS, source="x", html="x", plain="x"), grounds="rules"
    ),
    "report of a post of the circle, made by the owner": lambda world: report_of(world, Audience.CIRCLE),
    "appeal against a decision": lambda world: appeal_of(world),
    "text of a hidden post about which an appeal waits": lambda world: HiddenText(appeal_of(world)),
    "appeal against the removal of a discussion": appeal_of_whole,
    "text of a removed discussion about which an appeal waits": lambda world: HiddenText(appeal_of_whole(world)),
    "page for everyone": lambda world: page_of(world, Audience.PUBLIC),
    "page for members": lambda world: page_of(world, Audience.MEMBERS),
    "page for the circle": lambda world: page_of(world, Audience.CIRCLE),
    "page for coordinators": lambda world: page_of(world, Audience.COORDINATORS),
    "page for everyone under a page for members": lambda world: page_of(
        world, Audience.PUBLIC, above=Audience.MEMBERS
    ),
    "page that is a draft": lambda world: page_of(world, Audience.PUBLIC, live=False),
    "picture on a page for members": lambda world: use_of(world, Audience.MEMBERS),
    "how closely somebody follows a thread": lambda world: Watch.objects.create(
        user=world.owner, thread=thread_of(world, Audience.MEMBERS), level="following"
    ),
    "how closely somebody follows a letter": lambda world: Watch.objects.create(
        user=world.owner, letter=letter_of(world, "open"), level="following"
    ),
    "what somebody was told": delivery_of,
    "what somebody was told of a letter": lambda world: letter_delivery_of(world, "open"),
    "what somebody was told of a letter that was withdrawn": lambda world: letter_delivery_of(world, "draft"),
    "what somebody was told of a decision": lambda world: Notice.objects.create(
        recipient=world.owner, decision=appeal_of(world).decision, kind="author", at=DAY
    ),
    "why no mail leaves": lambda world: MailTrouble.objects.create(kind="no_tls", since=DAY),
    "digest of somebody": lambda world: Issue.objects.create(
        recipient=world.owner, kind="digest", window_from=DAY, window_to=DAY + timedelta(days=1), planned_at=DAY
    ),
    "answer by mail that waits for somebody": lambda world: ParkedReply.objects.create(
        recipient=world.owner, reason="signature", text="x", received_at=DAY
    ),
    "that mail to somebody comes back": lambda world: Reachability.objects.create(
        user=world.owner, score=4, last_bounce_at=DAY, stopped_at=DAY
    ),
    "note that was mailed to somebody": lambda world: Note.objects.create(
        recipient=world.owner, kind="waiting", on=DAY.date(), message_id="<x@swexpertise.invalid>"
    ),
    "address of a member's feed of a space": lambda world: FeedKey.objects.create(
        user=world.owner, space=space_of(world, Audience.MEMBERS), token_hash="0" * 64
    ),
}


def sees(viewer: Viewer, thing: Any) -> bool:
    if isinstance(thing, ProfileField | TitleBehindALink | TextUnderANote | HiddenText):
        return thing.visible_to(viewer)
    rule: QuerySet[Any] = type(thing)._default_manager.visible_to(viewer)
    return rule.filter(pk=thing.pk).exists()


@pytest.mark.parametrize(("thing", "cells"), ROWS, ids=[thing for thing, _cells in ROWS])
def test_the_table_holds(world: World, thing: str, cells: dict[str, bool]) -> None:
    """S1, S3. Each cell of docs/who-sees-what.md."""
    made = MAKE[thing](world)
    assert {person: sees(world.people[person], made) for person in PEOPLE} == cells


def test_every_thing_that_can_be_made_has_its_row() -> None:
    assert list(MAKE) == [thing for thing, _cells in ROWS]
