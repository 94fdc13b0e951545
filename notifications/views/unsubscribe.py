"""The links that leave a mail: no sign-in, no cookie, no script. Looking changes nothing, a POST lowers (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from discussions.models import Space, Thread
from letters.models import Letter
from notifications.actions.preferences import mute, stop_mail

THINGS: dict[str, type[Thread] | type[Space] | type[Letter]] = {"thread": Thread, "space": Space, "letter": Letter}


@csrf_exempt
@never_cache
def unsubscribe(request: HttpRequest, key: str, kind: str = "", pk: int = 0) -> HttpResponse:
    """Answers alike for a key of somebody and of nobody, so that nothing can be found out by trying.

    Without the CSRF check on purpose: the mail program that posts here has no cookie. The key in the address is what
    lets it, and all that it can do is stop mail.
    """
    if request.method != "POST":
        return TemplateResponse(request, "notifications/unsubscribe.html", {"kind": kind})
    if kind:
        mute(key=key, thing=THINGS[kind], pk=pk)
    else:
        stop_mail(key=key)
    return TemplateResponse(request, "notifications/unsubscribed.html", {"kind": kind})
