"""The spaces and threads of the demo, played through the actions in the order in which they were written."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from accounts.models import User
from discussions.actions import posts, reading, spaces, threads
from discussions.demo import scene_drafts, scene_moderation, scene_votes
from discussions.models import Post, Space, Thread
from experts.models import Name
from swexpertise.demo.world import World

HERE = Path(__file__).parent
NEWS = timedelta(hours=36)  # what is younger is told, so that the demo has something for a digest
READERS = ("coordinator", "nurse", "scientist", "activist", "member")
PINNED = "consultatie-wrs"
LINK = re.compile(r"\[\[thread:([a-z0-9-]+)\]\]")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Said:
    """One moment of the play: an opening (`parent` is empty) or a reply, by the id of what it answers."""

    at: datetime
    order: int
    id: str
    parent: str
    data: dict[str, Any]


def play(world: World) -> None:
    for place, data in enumerate(_read(HERE / "spaces.yaml")):
        world.spaces[data["slug"]] = _open_space(world, data, place)
    said: dict[str, Post] = {}
    for moment in world.bar(_moments(world.now), "Discussions"):
        _say(world, moment, said)
    for key, data, _space in _thread_data():
        if stand := data.get("where_we_stand"):
            at = min(world.now - timedelta(days=stand["days_ago"]), world.now)
            by, name = _who(world, stand)
            threads.set_stand(by=by, name=name, thread=world.threads[key], text=stand["text"], at=at)
    if PINNED in world.threads:
        threads.pin(by=world.users["coordinator"], thread=world.threads[PINNED], at=world.now)
    scene_votes.play(world)
    scene_moderation.play(world)
    scene_drafts.play(world)
    for reader in READERS:
        _read_some(world, world.users[reader], random.Random(reader))


def strike(world: World) -> None:
    slugs = [data["slug"] for data in _read(HERE / "spaces.yaml")]
    gone = Thread.objects.filter(space__slug__in=slugs)
    veiled = list(Name.objects.filter(is_anonymous=True, threads__in=gone).values_list("pk", flat=True))
    gone.delete()
    Name.objects.filter(pk__in=veiled).delete()
    Space.objects.filter(slug__in=slugs).delete()


def _open_space(world: World, data: dict[str, Any], place: int) -> Space:
    return spaces.open_space(
        by=world.users["coordinator"],
        slug=data["slug"],
        name=data["name"],
        purpose=data["purpose"].strip(),
        house_rules=data["house_rules"],
        language=data["language"],
        circle=world.circles[data["circle"]] if data["circle"] else None,
        position=(place + 1) * 10,
        at=world.now - timedelta(days=400),
    )


def _say(world: World, moment: Said, said: dict[str, Post]) -> None:
    """Plays one moment, and keeps its post for those that answer it."""
    by, name = _who(world, moment.data)
    is_history = world.now - moment.at > NEWS
    words: dict[str, Any] = {"by": by, "name": name, "text": _with_links(moment.data["text"], world), "at": moment.at}
    words["content_note"] = moment.data.get("content_note", "")
    if moment.parent:
        parent = said[moment.parent]
        if moment.data.get("anonymously"):
            words["name"] = parent.thread.author
        said[moment.id] = posts.reply(thread=parent.thread, parent=parent, is_history=is_history, **words)
        return
    thread = threads.open_thread(
        anonymously=moment.data.get("anonymously", False),
        space=world.spaces[moment.data["space"]],
        title=moment.data["title"],
        kind=moment.data.get("kind", "discussion"),
        topics=moment.data.get("tags", ()),
        is_history=is_history,
        **words,
    )
    world.threads[moment.data["key"]] = thread
    said[moment.id] = Post.objects.get(thread=thread, number=1)


def _with_links(text: str, world: World) -> str:
    """`[[thread:key]]` of the demo as the address of that discussion, title and all, as somebody would paste it."""
    return LINK.sub(lambda match: world.threads[match[1]].get_absolute_url(), text)


def _who(world: World, data: dict[str, Any]) -> tuple[User, Name]:
    """The account that writes, and the name it shows."""
    handle = data.get("as", data["by"]).lower()
    return world.users[data["by"]], world.names[handle]


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C where there is one
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  both are safe


def _thread_data() -> Iterator[tuple[str, dict[str, Any], str]]:
    for path in sorted((HERE / "threads").glob("*.yaml")):
        data = _read(path)
        for thread in data["threads"]:
            yield thread["key"], thread, data["space"]


def _moments(now: datetime) -> list[Said]:
    """All that is said, the earliest first; nothing lies in the future, and an answer never before its question."""
    found: list[Said] = []
    for key, data, space in _thread_data():
        opening = Said(_opened_at(data, now), len(found), f"{key}/p0", "", {**data, "space": space})
        found.append(opening)
        times = {opening.id: opening.at}
        for own, parent, reply in _replies(key, data.get("replies") or [], opening.id):
            times[own] = min(times[parent] + _span(reply["after"]), now - timedelta(minutes=1))
            times[own] = max(times[own], times[parent])
            found.append(Said(times[own], len(found), own, parent, reply))
    return sorted(found, key=lambda moment: (moment.at, moment.order))


def _replies(key: str, replies: list[dict[str, Any]], above: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each reply with its id and that of what it answers: nested, or flat with `id` and `parent` of their own."""
    for place, reply in enumerate(replies):
        own = f"{key}/{reply['id']}" if "id" in reply else f"{above}.{place}"
        yield own, f"{key}/{reply['parent']}" if "parent" in reply else above, reply
        yield from _replies(key, reply.get("replies") or [], own)


def _opened_at(data: dict[str, Any], now: datetime) -> datetime:
    if "hours_ago" in data:
        return now - timedelta(hours=data["hours_ago"])
    on = timezone.localtime(now).date() - timedelta(days=data["days_ago"])
    at = datetime.combine(on, time.fromisoformat(str(data["time"])), tzinfo=timezone.get_default_timezone())
    return min(at, now - timedelta(minutes=2))


def _span(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: float(text[:-1])})


def _read_some(world: World, user: User, dice: random.Random) -> None:
    """Of the older threads most are read, some half; of the newest nobody has seen the end."""
    for thread in Thread.objects.visible_to(user).order_by("pk"):
        chance = dice.random()
        is_new = world.now - thread.last_post_at < NEWS
        if chance < 0.25 and not is_new:
            continue
        share = 1.0 if chance < 0.8 and not is_new else 0.5
        numbers = range(1, max(1, int(thread.last_number * share)) + 1)
        reading.mark_read(by=user, thread=thread, numbers=numbers, at=world.now)
