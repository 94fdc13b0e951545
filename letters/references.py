"""Links to letters, titled for whoever may see them (D3). Their address by number says nothing."""

from collections.abc import Collection, Mapping

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from letters.models import Letter
from swexpertise.writing.references import Kind, Rows, register, row


def _letters(viewer: Viewer, keys: Collection[str]) -> Rows:
    return row(Letter.objects.visible_to(viewer).filter(pk__in=keys), "letter", title=_title())


def _letters_titled(viewer: Viewer, words: str) -> Rows:
    titled = Q(title_nl__icontains=words) | Q(title_en__icontains=words)
    return row(Letter.objects.visible_to(viewer).filter(titled).newest_first(), "letter", title=_title())


def _title() -> str:
    return "title_en" if get_language() == "en" else "title_nl"


def _numbers_of(viewer: Viewer, paths: Collection[str]) -> Mapping[str, str]:
    slugs = {path: path.strip("/").partition("/")[2] for path in paths}
    known = dict(Letter.objects.visible_to(viewer).filter(slug__in=slugs.values()).values_list("slug", "pk"))
    return {path: str(known[slug]) for path, slug in slugs.items() if slug in known}


register(
    Kind(
        name="letter",
        address="/letters/l/{}/",
        path=r"/letters/(?:l/(?P<key>[0-9]{1,18})|(?!l/)[\w-]+)/?",
        rows=_letters,
        found=_letters_titled,
        keys=_numbers_of,
        noun=_("letter"),
        unseen=_("a letter that you can't see"),
    )
)
