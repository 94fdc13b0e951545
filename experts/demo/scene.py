"""Sample members with names, profiles, a circle and bodies; the organisations they belong to are the real content."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.actions import circles, members
from accounts.models import Circle, User
from experts.actions import names, organisations, profiles
from experts.models import Body, BodySeat, Name, Organisation
from swexpertise.demo.world import World

HERE = Path(__file__).parent
CORE = [
    "coordinator", "activist", "marit", "lieke", "brenda", "kim", "mila", "els", "dewi", "joost",
]  # fmt: skip
PLAIN = {"introduction": "text", "knows": "tags", "languages": "codes", "region": "value", "availability": "kinds"}


def play(world: World) -> None:
    organisations.load()
    hashed = make_password(settings.DEMO_PASSWORD)  # once: Argon2 takes its time on purpose
    for row in world.bar(_read("members.yaml"), "Members"):
        _member(world, row, hashed)
    world.circles["kerngroep"] = circles.create(by=None, slug="kerngroep", name="Kerngroep")
    for key in CORE:
        circles.add(by=None, circle=world.circles["kerngroep"], user=world.users[key], at=world.now)
    _bodies(world)


def strike(world: World) -> None:
    """Organisations stay: they are content."""
    invented = [body["slug"] for body in _read("bodies.yaml")["bodies"]]
    organisation = _read("bodies.yaml")["organisation"]
    Body.objects.filter(organisation__slug=organisation, slug__in=invented).delete()
    users = User.objects.filter(email__in=[row["email"] for row in _read("members.yaml")])
    Name.objects.filter(holder__in=users).delete()
    users.delete()
    Circle.objects.filter(slug="kerngroep").delete()


def _member(world: World, row: dict[str, Any], hashed: str) -> None:
    digest, joined = row["digest"], _some_day(row["key"], world.now)
    user = members.create(
        email=row["email"],
        hashed=hashed,
        role=row["role"],
        at=joined,
        language=row["language"],
        time_zone=row["time_zone"],
        rhythm=digest["rhythm"],
        hour=digest["hour"],
        weekday=digest.get("weekday", 0),
        mail_detail=row.get("mail"),
    )
    world.users[row["key"]] = user
    for place, shown in enumerate(row["names"]):
        # A further name comes on a day of its own: names of one account share no moment.
        at = joined if place == 0 else _some_day(shown["handle"], world.now)
        name = names.create(
            by=user,
            holder=user,
            display_name=shown["display_name"],
            handle=shown["handle"],
            is_first=place == 0,
            audience=shown["audience"],
            is_sample=True,
            at=at,
        )
        profiles.update(by=user, profile=name.profile, at=at, **_fields(shown, row["language"]))
        world.names[shown["handle"]] = name


def _fields(shown: dict[str, Any], language: str) -> dict[str, Any]:
    """The headline in the member's language; it and the pronouns follow the audience of the name."""
    fields: dict[str, Any] = {
        "headline": shown["headline"][language],
        "headline_audience": shown["audience"],
        "pronouns": shown.get("pronouns", ""),
        "pronouns_audience": shown["audience"],
    }
    for field, key in {**PLAIN, "organisations": "slugs"}.items():
        if field in shown:
            fields |= {field: shown[field][key], f"{field}_audience": shown[field]["audience"]}
    if "publications" in shown:
        written = shown["publications"]
        fields |= {"publications": "\n".join(written["items"]), "publications_audience": written["audience"]}
    return fields


def _bodies(world: World) -> None:
    data = _read("bodies.yaml")
    organisation = Organisation.objects.get(slug=data["organisation"])
    for place, row in enumerate(data["bodies"]):
        body = Body.objects.create(
            organisation=organisation, slug=row["slug"], name_nl=row["nl"], name_en=row["en"], position=place
        )
        from_on = (world.now - timedelta(days=300)).date()
        seats = [
            BodySeat(body=body, name=world.users[key].names.get(is_first=True), from_on=from_on)
            for key in row["members"]
        ]
        BodySeat.objects.bulk_create(seats)


def _some_day(word: str, now: datetime) -> datetime:
    """Between one and a half and two and a half years ago; the same day for the same word."""
    return now - timedelta(minutes=random.Random(word).randrange(550 * 1440, 900 * 1440))


def _read(file: str) -> Any:
    return yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
