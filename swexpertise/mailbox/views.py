"""The demo's mail as a list, as text and as the HTML a mail program would show. Nobody signs in for it: demo only."""

from collections.abc import Callable
from functools import wraps
from itertools import islice
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from swexpertise.mailbox.letters import Letter, find, newest

SHOWN = 100

# A mail's own styles, pictures inside it, and links that open beside it. No script, no form, no other host.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "base-uri": [SELF],
    "form-action": [NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
# Links open in a page of their own: the site does not let itself be shown inside a frame.
OPEN_BESIDE = '<base target="_blank">'

View = Callable[..., HttpResponseBase]


def demo_only(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return wrapped


@demo_only
@require_safe
@never_cache
def letter_list(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    letters = list(islice(newest(Path(settings.MAILBOX_DIR), to=to), SHOWN))
    return TemplateResponse(request, "mailbox/letter_list.html", {"letters": letters, "to": to})


@demo_only
@require_safe
@never_cache
def letter_detail(request: HttpRequest, *, key: str) -> HttpResponse:
    return TemplateResponse(request, "mailbox/letter_detail.html", {"letter": _letter(key)})


@demo_only
@require_safe
@never_cache
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know positional views only
def letter_html(request: HttpRequest, *, key: str) -> HttpResponse:
    html = _letter(key).html
    start, head, rest = html.partition("<head>")
    return HttpResponse(start + head + OPEN_BESIDE + rest if head else OPEN_BESIDE + html)


def _letter(key: str) -> Letter:
    letter = find(Path(settings.MAILBOX_DIR), key)
    if letter is None:
        raise Http404
    return letter
