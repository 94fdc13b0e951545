"""Which of all there is to tell stands in an overview: by need, as much as three screens of a phone have room for.

First what calls for the member, all of it where that is possible; but of each kind there is always something. What is
left over is counted, so that nothing is lost (N11).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from notifications import room
from notifications.beside import LetterNews, Page, Vote
from notifications.items import Conversation, Item, Place, Some

EXCERPTS = 4  # calls of which the beginning comes before anything of what is only followed
PRESSING = 8  # calls and votes that come before what is new in the first discussion
FEW = 3  # discussions, letters, pages that come before a fourth of any of them
POSTS = 6  # of one discussion: an overview leads there, and doesn't take its place


@dataclass(frozen=True, slots=True)
class Told:
    """All there is to tell, in its order. What a mail would say of a call, a discussion or a post of it is made when
    it is asked for: there may be thousands, and no more are asked for than there may be room for."""

    calls: int
    call: Callable[[int], Item]
    counts: Sequence[int]  # posts in each discussion
    heading: Callable[[int], tuple[Any, ...]]  # of each discussion; its last is what is shown
    conversation: Callable[[int], Conversation]  # without its posts
    post: Callable[[int, int], Item]
    votes: Sequence[Vote] = ()
    letters: Sequence[LetterNews] = ()
    pages: Sequence[Page] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the mail, and how much more there is of each kind."""

    calls: Some[Item]
    votes: Some[Vote]
    places: tuple[Place, ...]
    more: int  # posts in discussions that aren't shown
    letters: Some[LetterNews]
    pages: Some[Page]


def fill(told: Told, *, is_sealed: bool = False, is_at_once: bool = False) -> Filled:
    """In the language that is active. `is_sealed`: it says that something else waits on the site. `is_at_once`: how to
    answer it stands in it too."""
    left = room.Room(room.SCREENS - room.FRAME)
    left.give_up(room.CALLED if told.calls or told.votes else 0)
    left.give_up(room.HINTED if is_sealed else 0)
    left.give_up(room.ANSWERED if is_at_once else 0)
    call, conversation, post = cache(told.call), cache(told.conversation), cache(told.post)
    vote = cache(lambda n: told.votes[n].shortened())
    letter = cache(lambda n: told.letters[n].shortened())
    page = cache(lambda n: told.pages[n].shortened())

    def of_conversation(place: int) -> int:
        is_under_the_last = place > 0 and told.heading(place - 1) == told.heading(place)
        above = 0 if is_under_the_last else room.heading(told.heading(place)[-1])
        return above + _of_conversation(conversation(place))

    def below_conversation(place: int) -> int:
        rest = room.REST if told.counts[place] > 1 else 0
        return room.stand(conversation(place).stand) + _of_post(post(place, 0)) + rest

    calls = room.Shelf(left, told.calls, lambda n: _of_call(call(n)), lambda n: room.said(call(n).excerpt))
    votes = room.Shelf(left, len(told.votes), lambda n: _of_vote(vote(n)))
    followed = room.Shelf(left, len(told.counts), of_conversation, below_conversation)
    letters = room.Shelf(
        left, len(told.letters), lambda n: _of_letter(letter(n), n), lambda n: room.said(letter(n).excerpt)
    )
    pages = room.Shelf(left, len(told.pages), lambda n: _of_page(page(n), n), lambda n: room.said(page(n).teaser))
    _by_need(calls, votes, followed, letters, pages)
    shown = dict.fromkeys(sorted(followed.whole), 1)
    for nth in range(1, POSTS):
        for place, count in shown.items():
            if count == nth < told.counts[place]:
                is_last = nth == told.counts[place] - 1  # then there is no rest to count
                shown[place] += left.take(_of_post(post(place, nth)) - (room.REST if is_last else 0))
    places: dict[tuple[Any, ...], list[Conversation]] = defaultdict(list)
    for place in range(followed.taken):
        one = conversation(place)
        items = tuple(post(place, nth) for nth in range(shown.get(place, 0)))
        places[told.heading(place)].append(replace(one, items=items, stand=one.stand if items else ""))
    return Filled(
        calls=calls.some(call, lambda item: replace(item, excerpt="")),
        votes=votes.some(vote),
        places=tuple(Place(heading[-1], tuple(found)) for heading, found in places.items()),
        more=sum(told.counts[followed.taken :]),
        letters=letters.some(letter, lambda letter: replace(letter, excerpt="")),
        pages=pages.some(page, lambda page: replace(page, teaser="")),
    )


def _by_need(
    calls: room.Shelf, votes: room.Shelf, followed: room.Shelf, letters: room.Shelf, pages: room.Shelf
) -> None:
    every, beside = (calls, votes, followed, letters, pages), (followed, letters, pages)
    for shelf in every:
        shelf.begin()
    calls.open(1)
    for most in (PRESSING // 2, PRESSING, None):
        calls.fill(most)
        votes.fill(most)
        if most == PRESSING:
            followed.open(1)
    calls.open(EXCERPTS)
    for most in (FEW, None):
        for shelf in beside:
            shelf.fill(most, is_whole=True)
    for shelf in every:
        shelf.open()


# How each is laid out in templates/notifications/mail.


def _of_call(item: Item) -> int:
    return room.title(item.says, room.WHEN)


def _of_vote(vote: Vote) -> int:
    about = f"{vote.kind} · {_('closes %(when)s') % {'when': room.WHEN}} · {vote.title}"
    return room.title(vote.says) + room.facts(about)


def _of_conversation(one: Conversation) -> int:
    news = f"{one.who}, {room.WHEN}" if one.count == 1 else one.news
    return room.title(one.title) + room.facts(f"{one.space} · {news}" if one.space else news)


def _of_post(item: Item) -> int:
    return room.said(item.excerpt, f"{item.name}:")


def _of_letter(letter: LetterNews, place: int) -> int:
    above = 0 if place else room.heading(_("Letters"))
    return above + room.title(letter.title) + room.facts(letter.news)


def _of_page(page: Page, place: int) -> int:
    above = 0 if place else room.heading(_("New in Knowledge"))
    return above + room.title(page.title, _("Checked again") if page.is_checked else "")
