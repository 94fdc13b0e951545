"""Knowledge: Wagtail pages in Dutch and English, with evidence; programmes, news, glossary, timeline."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        from cms import listeners  # noqa: F401  wires the announcements
