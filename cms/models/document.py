"""Documents (PDF), under random names, served only through the rule of the pages that offer them (K3)."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet

from accounts.models import User
from cms.permissions import may_edit_files


def random_name(instance: Any, filename: str) -> str:
    """Says nothing of who uploaded it, or of what it is."""
    return f"documents/{secrets.token_hex(12)}.pdf"


def random_key() -> str:
    return secrets.token_hex(12)


class PdfDocumentQuerySet(DocumentQuerySet):
    def visible_to(self, viewer: User | AnonymousUser) -> PdfDocumentQuerySet:
        """Whoever sees a live page, or the part of it, that offers the document; and editors."""
        from cms.models.use import Use

        if may_edit_files(viewer):
            return self.all()
        return self.filter(pk__in=Use.objects.visible_to(viewer).values("document"))


class PdfDocument(AbstractDocument):
    file = models.FileField(upload_to=random_name, verbose_name=_("file"))
    key = models.CharField(max_length=24, unique=True, default=random_key, editable=False)
    language = models.CharField(_("language"), max_length=5, blank=True)
    year = models.CharField(_("year"), max_length=4, blank=True)

    admin_form_fields = ("title", "file", "language", "year", "collection", "tags")
    objects = PdfDocumentQuerySet.as_manager()

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    @property
    def url(self) -> str:
        return reverse("cms:document", args=[self.key])

    @property
    def download_name(self) -> str:
        return f"{slugify(self.title)[:80] or 'document'}.pdf"
