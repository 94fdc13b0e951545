"""Links to pages, titled for whoever may see them, in the reader's language where the page is there (D3, K10)."""

from collections.abc import Collection, Mapping
from urllib.parse import unquote

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from cms.models import HomePage, KnowledgePage
from swexpertise.writing.references import Kind, Rows, register, row

KEY = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LANGUAGE = "locale__language_code"


def _pages(viewer: Viewer, keys: Collection[str]) -> Rows:
    found = KnowledgePage.objects.visible_to(viewer).filter(translation_key__in=keys)
    return row(found.order_by(), "page", key="translation_key", language=LANGUAGE)


def _pages_titled(viewer: Viewer, words: str) -> Rows:
    found = KnowledgePage.objects.visible_to(viewer).filter(title__icontains=words).published_first()
    return row(found, "page", key="translation_key", language=LANGUAGE)


def _keys_of(viewer: Viewer, paths: Collection[str]) -> Mapping[str, str]:
    """By its place in the tree under the home page of its language, or by the number of the exact page."""
    numbered = {int(path.strip("/")[2:]): path for path in paths if path.startswith("/p/")}
    homes = dict(HomePage.objects.live().values_list(LANGUAGE, "url_path"))
    placed = {_place(path, homes): path for path in paths if not path.startswith("/p/")}
    pages = KnowledgePage.objects.visible_to(viewer).filter(Q(pk__in=numbered) | Q(url_path__in=placed))
    known = list(pages.values_list("pk", "url_path", "translation_key"))
    found = {numbered.get(pk): str(key) for pk, _place_of, key in known}
    found |= {placed.get(place): str(key) for _pk, place, key in known}
    return {path: key for path, key in found.items() if path}


def _place(path: str, homes: Mapping[str, str]) -> str:
    """An address as a place in the tree: its language leads to a home page."""
    language, _slash, rest = unquote(path).strip("/").partition("/")
    return f"{homes.get(language, '?')}{rest}/"


register(
    Kind(
        name="page",
        address="/p/{}/",
        key=KEY,
        path=rf"/(?:p/(?P<key>{KEY})|p/[0-9]{{1,18}}|(?:nl|en)/[\w%/-]*[\w%-])/?",
        rows=_pages,
        found=_pages_titled,
        keys=_keys_of,
        noun=_("page"),
        unseen=_("a page that you can't see"),
    )
)
