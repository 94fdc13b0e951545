"""Which live page shows which picture or document, and to whom. Written when a page goes live (K3).

Wagtail's own reference index follows the latest draft: a draft's PDF would open with it. This one knows live pages
only, and the audience of the block in which a file stands.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.audiences import Audience, heard_by
from accounts.models import User
from cms.models.document import PdfDocument
from cms.models.page import KnowledgePage
from cms.models.picture import Picture


class UseQuerySet(models.QuerySet["Use"]):
    def visible_to(self, viewer: User | AnonymousUser) -> UseQuerySet:
        """Whoever sees the page and the block on it."""
        return self.filter(heard_by(viewer), page__in=KnowledgePage.objects.visible_to(viewer).values("pk"))


class Use(models.Model):
    page = models.ForeignKey(KnowledgePage, on_delete=models.CASCADE, related_name="uses")
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, null=True, related_name="uses")
    document = models.ForeignKey(PdfDocument, on_delete=models.CASCADE, null=True, related_name="uses")
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.PUBLIC)

    objects = UseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(picture__isnull=False, document=None) | Q(picture=None, document__isnull=False),
                name="use_of_a_picture_or_of_a_document",
            )
        ]
