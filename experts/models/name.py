"""The name is what speaks. A member may hold several; nothing of one leads to another (P7)."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Audience, is_member
from accounts.models import User
from accounts.models.preferences import MailDetail

COLOURS = 8
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def random_key() -> str:
    """Twelve random letters and digits (59 bits): the public id of a name. Derives from nothing."""
    return "".join(secrets.choice(_ALPHABET) for _i in range(12))


def random_colour() -> int:
    """1 to 8: one of the calm colours of a face, chosen at random so that it says nothing."""
    return secrets.randbelow(COLOURS) + 1


class NameQuerySet(models.QuerySet["Name"]):
    def visible_to(self, viewer: User | AnonymousUser) -> NameQuerySet:
        """Members see every name in use; a visitor those whose holder chose “everyone”. An anonymous name is a voice
        in one discussion and no name to find, list, call or search by: nobody sees it, its own account neither.
        """
        names = self.filter(retired_at=None, is_anonymous=False)
        return names if is_member(viewer) else names.filter(audience=Audience.PUBLIC)

    def with_sight(self, viewer: User | AnonymousUser) -> NameQuerySet:
        """Puts on each whether the viewer may see it (`is_seen`), for a page that shows others too, under the face
        that hides them (see `faces.face_of`)."""
        return self.annotate(is_seen=Exists(Name.objects.visible_to(viewer).filter(pk=OuterRef("pk"))))

    def held_by(self, viewer: User | AnonymousUser) -> NameQuerySet:
        """The names under which the viewer may speak, the first one first."""
        if not is_member(viewer):
            return self.none()
        return self.filter(holder=viewer, retired_at=None).order_by("-is_first", "display_name")

    def veiling(self, viewer: User | AnonymousUser) -> NameQuerySet:
        """The anonymous names behind which the viewer stands (D12)."""
        return self.filter(is_anonymous=True, veil__user=viewer) if is_member(viewer) else self.none()

    def with_faces(self) -> NameQuerySet:
        """Fetches what `face_of` reads along, so that a list of names costs one query."""
        return self.select_related("profile")

    def with_holders(self) -> NameQuerySet:
        return self.select_related("profile", "holder")

    def spelled(self, words: str) -> NameQuerySet:
        """Those that somebody who types `words` may mean: the handle begins so, or it stands in the name."""
        return self.filter(models.Q(handle__istartswith=words) | models.Q(display_name__icontains=words))

    def by_handle(self, handle: str) -> NameQuerySet:
        return self.filter(handle=handle.lower())


class Name(models.Model):
    is_seen: bool  # after with_sight

    # NULL keeps: the holder is erased; what was said stays, under a neutral name. An anonymous name never has one, so
    # that nothing which goes by the holder can lead from it to a person; who stands behind it is in `Veil`.
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="names")
    key = models.CharField(max_length=12, unique=True, default=random_key, editable=False)
    display_name = models.CharField(_("name"), max_length=80)
    # What is left of the name when look-alike letters are made one (see `experts.spelling`). Empty: not compared.
    skeleton = models.CharField(max_length=160, blank=True, editable=False)
    handle = models.CharField(_("handle"), max_length=40)
    colour = models.PositiveSmallIntegerField(default=random_colour, editable=False)
    is_first = models.BooleanField(default=False)
    is_sample = models.BooleanField(_("sample"), default=False)
    is_anonymous = models.BooleanField(default=False, editable=False)
    audience = models.CharField(
        max_length=12,
        choices=[(a.value, a.label) for a in (Audience.MEMBERS, Audience.PUBLIC)],
        default=Audience.MEMBERS,
    )
    # The most that may stand in others' mail about what this name wrote (N3).
    mail_detail = models.CharField(_("in others' mail"), max_length=8, choices=MailDetail, default=MailDetail.FULL)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    # Whoever wrote in a mailing list that was brought along and is no member here; NULL keeps: every other name.
    imported_number = models.PositiveIntegerField(null=True, blank=True, unique=True, editable=False)

    objects = NameQuerySet.as_manager()

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="one_name_per_handle"),
            models.UniqueConstraint(
                Lower("display_name"), condition=models.Q(is_anonymous=False), name="one_name_per_spelling"
            ),
            models.UniqueConstraint(
                fields=["skeleton"], condition=~models.Q(skeleton=""), name="no_name_looks_like_another"
            ),
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(is_first=True), name="one_first_name_per_holder"
            ),
            models.CheckConstraint(
                condition=models.Q(imported_number=None) | models.Q(holder=None, retired_at__isnull=False),
                name="an_imported_name_is_nobodys",
            ),
            models.CheckConstraint(
                condition=models.Q(is_anonymous=False)
                | models.Q(holder=None, is_first=False, retired_at=None, skeleton="", audience=Audience.MEMBERS),
                name="an_anonymous_name_says_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("experts:detail", args=[self.key])
