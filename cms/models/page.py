"""What every page has: an audience, a summary, topics, a body, sources. One rule for all kinds of pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import ExpressionWrapper
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from accounts.audiences import Audience, Viewer, heard_by, open_audiences
from accounts.models import Circle, User
from cms.blocks import BodyBlock
from cms.fields import BodyField
from experts.models import Topic

AUDIENCES = [(a.value, a.label) for a in (Audience.PUBLIC, Audience.MEMBERS, Audience.CIRCLE, Audience.COORDINATORS)]


class KnowledgePageQuerySet(PageQuerySet):
    def visible_to(self, viewer: User | AnonymousUser) -> KnowledgePageQuerySet:
        """A page that is live, whose audience allows the viewer, under pages that all allow the viewer (K2)."""
        allowed = heard_by(viewer, circle="circle")
        closed_above = KnowledgePage._base_manager.annotate(
            below=ExpressionWrapper(OuterRef("path"), output_field=models.CharField()),
            below_depth=ExpressionWrapper(OuterRef("depth"), output_field=models.IntegerField()),
        ).filter(~allowed, below__startswith=F("path"), depth__lt=F("below_depth"))
        return self.filter(allowed, ~Exists(closed_above), live=True)

    def in_language(self, language: str) -> KnowledgePageQuerySet:
        return self.filter(locale__language_code=language)

    def at(self, url_path: str) -> KnowledgePageQuerySet:
        """The live page at that path in the tree, found at once instead of parent by parent."""
        return self.filter(url_path=url_path, live=True).specific()

    def published_first(self) -> KnowledgePageQuerySet:
        return self.order_by("-first_published_at", "-pk")

    def counterparts_of(self, page: Page) -> KnowledgePageQuerySet:
        """The same page in the other languages."""
        return self.filter(translation_key=page.translation_key).exclude(pk=page.pk)

    def of_key(self, key: uuid.UUID) -> KnowledgePageQuerySet:
        """A page in every language it is in."""
        return self.filter(translation_key=key).select_related("locale")

    def or_its_counterpart(self, language: str, viewer: Viewer) -> KnowledgePageQuerySet:
        """In `language`, and for what isn't there in it, in the other language (K8)."""
        here = KnowledgePage.objects.visible_to(viewer).in_language(language)
        return self.filter(
            Q(locale__language_code=language) | ~Exists(here.filter(translation_key=OuterRef("translation_key")))
        ).select_related("locale")


class TaggedPageQuerySet(models.QuerySet["TaggedPage"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TaggedPageQuerySet:
        """Whoever sees the page sees what it is about."""
        return self.filter(content_object__in=KnowledgePage.objects.visible_to(viewer))


class TaggedPage(ItemBase):
    content_object = ParentalKey("cms.KnowledgePage", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="tagged_pages")

    objects = TaggedPageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="page_tagged_once")]


class KnowledgePage(Page):
    """Not made by itself: each kind of page stands in a file of its own."""

    is_creatable = False
    private_page_options: list[str] = []  # Wagtail's own restrictions would be a second rule
    has_discussion = False
    has_sources = False
    parent_page_types: list[str] = []

    audience = models.CharField(_("who may read"), max_length=12, choices=AUDIENCES, default=Audience.PUBLIC)
    circle = models.ForeignKey(
        Circle, verbose_name=_("circle"), on_delete=models.PROTECT, null=True, blank=True, related_name="pages"
    )
    summary = models.CharField(_("in one sentence"), max_length=400, blank=True)
    topics = ClusterTaggableManager(through=TaggedPage, blank=True, verbose_name=_("topics"))
    body = BodyField(BodyBlock(), blank=True, verbose_name=_("body"))
    change_note = models.CharField(
        _("what changed"),
        max_length=300,
        blank=True,
        help_text=_("For readers. Write a new sentence when you change something that matters; else leave it."),
    )

    objects = PageManager.from_queryset(KnowledgePageQuerySet)()

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("topics"), FieldPanel("body")]
    audience_panels = [
        MultiFieldPanel([FieldPanel("audience"), FieldPanel("circle")], heading=_("Who may read")),
        FieldPanel("change_note"),
    ]
    promote_panels = [FieldPanel("slug"), FieldPanel("show_in_menus"), FieldPanel("search_description")]

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=Audience.CIRCLE, circle__isnull=False)
                | (~Q(audience=Audience.CIRCLE) & Q(circle=None)),
                name="page_has_a_circle_exactly_when_it_is_the_audience",
            )
        ]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Every kind of page gets the same three tabs: content, who may read, address."""
        super().__init_subclass__(**kwargs)
        cls.edit_handler = TabbedInterface(
            [
                ObjectList(cls.content_panels, heading=_("Content")),
                ObjectList(cls.audience_panels, heading=_("Who may read")),
                ObjectList([*cls.promote_panels, *Page.settings_panels], heading=_("Address")),
            ]
        )

    @property
    def kind_name(self) -> str:
        return str(self.specific_class._meta.verbose_name)

    @property
    def permanent_url(self) -> str:
        """Leads to the page wherever it is moved, in the reader's language where it is there (K10)."""
        return reverse("cms:page", args=[self.translation_key])

    def is_public(self) -> bool:
        return KnowledgePage.objects.visible_to(AnonymousUser()).filter(pk=self.pk).exists()

    def children_for(self, viewer: Viewer) -> KnowledgePageQuerySet:
        return KnowledgePage.objects.child_of(self).visible_to(viewer)

    def body_for(self, viewer: Viewer) -> list[Any]:
        """The blocks this viewer may have. Whoever shows, sends, prints or indexes a body takes it from here (K2)."""
        audiences = open_audiences(viewer)
        return [block for block in self.body if block.block_type != "reserved" or block.value["audience"] in audiences]

    def plain_text(self, viewer: Viewer) -> str:
        """Summary and body as plain text, for search, feeds and mail."""
        return "\n\n".join(part for part in [self.summary, *_words(self.body_for(viewer))] if part)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """In one transaction with all that listens: a twin is narrowed together with its page, or neither is (K8)."""
        with transaction.atomic():
            return super().publish(revision, *args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.audience != Audience.CIRCLE:
            self.circle = None

    def get_view_restrictions(self) -> Any:
        """None of Wagtail's: the audience is the one rule."""
        return PageViewRestriction.objects.none()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The door. A preview is Wagtail's affair, which asks whether the editor may see the draft."""
        is_preview = getattr(request, "is_preview", False)
        if not is_preview and not KnowledgePage.objects.visible_to(request.user).filter(pk=self.pk).exists():
            raise Http404
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import frame_of

        return {**super().get_context(request, *args, **kwargs), **frame_of(self, request)}


def _words(body: Iterable[Any]) -> Iterable[str]:
    for block in body:
        if block.block_type == "reserved":
            yield from _words(block.value["content"])
        else:
            for piece in block.block.get_searchable_content(block.value):
                yield re.sub(r"\s+", " ", strip_tags(piece)).strip()
