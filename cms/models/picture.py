"""Images, under random names, served only through the rule of the pages that use them (K3)."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import PurePath
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, ImageQuerySet

from accounts.models import User
from cms.permissions import may_edit_files


class PictureQuerySet(ImageQuerySet):
    def visible_to(self, viewer: User | AnonymousUser) -> PictureQuerySet:
        """Whoever sees a live page, or the part of it, that shows the picture; and editors, who choose from all."""
        from cms.models.use import Use

        if may_edit_files(viewer):
            return self.all()
        return self.filter(pk__in=Use.objects.visible_to(viewer).values("picture"))


class Picture(AbstractImage):
    alt_nl = models.CharField(_("what is to be seen, in Dutch"), max_length=300)
    alt_en = models.CharField(_("what is to be seen, in English"), max_length=300, blank=True)

    admin_form_fields = ("title", "file", "alt_nl", "alt_en", "collection", "tags")
    objects = PictureQuerySet.as_manager()

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def get_upload_to(self, filename: str) -> str:
        """The uploader's file name may say who or where; only its ending is kept."""
        return f"pictures/{secrets.token_hex(12)}{PurePath(filename).suffix.lower()}"

    def create_rendition(self, filter: Filter) -> Rendition:  # noqa: A002  the name that Wagtail calls it by
        """As Wagtail's, and closes the temporary file in which the pixels were made."""
        made = self.generate_rendition_file(filter)
        with contextlib.closing(made):
            rendition, _is_new = self.renditions.get_or_create(
                filter_spec=filter.spec, focal_point_key=filter.get_cache_key(self), defaults={"file": made}
            )
        return rendition

    @property
    def default_alt_text(self) -> str:
        first, second = (self.alt_en, self.alt_nl) if get_language() == "en" else (self.alt_nl, self.alt_en)
        return first or second


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def visible_to(self, viewer: User | AnonymousUser) -> RenditionQuerySet:
        """Whoever sees the picture sees each of its sizes."""
        return self.filter(image__in=Picture.objects.visible_to(viewer))


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    objects = RenditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_size")
        ]

    def get_upload_to(self, filename: str) -> Any:
        return f"renditions/{PurePath(filename).name}"

    @property
    def url(self) -> str:
        """Through the view that asks the rule; the storage has no address of its own."""
        return reverse("cms:picture", args=[PurePath(self.file.name).name])
