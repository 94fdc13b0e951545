"""A page without more: about the network, accessibility and privacy."""

from django.utils.translation import gettext_lazy as _

from cms.models.home import HomePage
from cms.models.page import KnowledgePage


class StandardPage(KnowledgePage):
    template = "cms/standard.html"
    parent_page_types = [HomePage, "cms.StandardPage"]

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
