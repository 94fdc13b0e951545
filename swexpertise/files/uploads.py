"""How much a form may bring along: more is refused before it is read, and none of it comes on the disk (D14, D20)."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse

from swexpertise.safety.texts import is_kept

View = Callable[..., HttpResponse]
Limit = Callable[[HttpRequest], int]


def takes_files(*, most: Limit | None = None, each: int | None = None) -> Callable[[View], View]:
    """Marks a view; stands above its other decorators. `most`: bytes of all that is sent at once, for this sender.
    `each`: bytes of one file; of a longer one only so much is kept that the view sees it is too long, and it must
    refuse it."""

    def mark(view: View) -> View:
        view.most_bytes, view.each_file = most, each  # type: ignore[attr-defined]  # ours
        return view

    return mark


def most_of(request: HttpRequest) -> int:
    found = request.resolver_match and getattr(request.resolver_match.func, "most_bytes", None)
    return cast(Limit, found)(request) if found else int(settings.FORM_MOST_BYTES)


def length_of(request: HttpRequest) -> int:
    """What the sender says that is coming."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class Limits(FileUploadHandler):
    """Stands before Django's handlers, which write to the disk whatever reaches them.

    A form that is too large is refused unread. One that somebody writes in is read up to its first file: the text
    comes before, and is given back (`RefuseTooMuch`). A visitor's files are passed over: they come along to no page.
    """

    request: HttpRequest

    def handle_raw_input(self, *given: Any, **more: Any) -> None:
        match = self.request.resolver_match
        self.each = getattr(match.func, "each_file", None) if match else None
        self.is_visitor = not getattr(getattr(self.request, "user", None), "is_authenticated", False)
        self.is_too_large = length_of(self.request) > most_of(self.request)
        if self.is_too_large and not is_kept(self.request):
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_large:
            self.request.is_too_large = True  # type: ignore[attr-defined]  # read by RefuseTooMuch
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        is_over = self.each is not None and start > self.each
        return None if self.is_visitor or is_over else raw_data

    def file_complete(self, file_size: int) -> None:
        return None
