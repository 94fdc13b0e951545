"""How the editors' side differs from Wagtail's own: no word about people, no second rule, no address of elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from cms.actions.audience import lost_by_standing_under
from cms.models import KnowledgePage


class OpenPageLink(PageLinkHandler):
    """A link in a text leads to an address without words; the page's own rule answers there."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        return [f'<a href="{reverse("cms:exact_page", args=[int(attrs["id"])])}">' for attrs in attrs_list]


@hooks.register("register_rich_text_features", order=100)
def link_without_words(features: Any) -> None:
    features.register_link_type(OpenPageLink)


@hooks.register("construct_settings_menu")
def nothing_of_people(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in ("users", "groups")]


@hooks.register("construct_help_menu")
def no_address_of_elsewhere(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if not item.url.startswith("http")]


@hooks.register("construct_main_menu")
def no_library_of_people(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's own reports name who did what to which page; each page's history says it to whoever may edit it."""
    items[:] = [item for item in items if item.name != "reports"]


@hooks.register("before_move_page")
def refuse_a_move_that_opens(request: HttpRequest, page: Page, destination: Page) -> HttpResponseBase | None:
    known = KnowledgePage.objects.filter(pk=page.pk).first()
    if known is None:
        return None
    lost = lost_by_standing_under(known, destination)
    if len(lost) > 1 or (lost and known.audience in ("circle", "coordinators")):
        messages.error(request, _("There more people could read this page. First say on the page itself who may."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    if lost:
        messages.warning(request, _("There more people could read this page, so it took along who may."))
    return None


@hooks.register("before_copy_page")
def refuse_a_copy_that_opens(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Copies and aliases of what is closed by a page above are made only where the same page closes them."""
    known = KnowledgePage.objects.filter(pk=page.pk).first()
    if request.method != "POST" or known is None:
        return None
    parent = Page.objects.filter(pk=request.POST.get("new_parent_page") or page.get_parent().pk).first()
    if parent is not None and lost_by_standing_under(known, parent):
        messages.error(request, _("There more people could read this page. First say on the page itself who may."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


@hooks.register("construct_homepage_panels")
def a_short_first_page(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [
        panel for panel in panels if panel.name not in ("whats_new_in_wagtail_version", "upgrade_notification")
    ]
