"""A member's feeds: make and revoke their addresses; and the feed itself, for a reader that doesn't sign in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import conditional_page, require_POST, require_safe

from accounts.requests import MemberRequest
from discussions.models import Space
from notifications.actions import feeds as actions
from notifications.feeds import CONTENT_TYPE, feed_for, feed_of
from notifications.models import FeedKey


@login_required
def feed_list(request: MemberRequest) -> HttpResponse:
    return _page(request)


def _page(request: MemberRequest, address: str = "", of: Space | None = None) -> HttpResponse:
    """`of`: whose address is shown; None: that of what the member is told."""
    keys = {key.space_id: key for key in FeedKey.objects.visible_to(request.user)}
    spaces = Space.objects.visible_to(request.user).in_order()
    rows = [(space, keys.get(space.pk)) for space in spaces]
    context = {"rows": rows, "mine": keys.get(None), "address": address, "of": of}
    return TemplateResponse(request, "notifications/feed_list.html", context)


@login_required
@require_POST
@sensitive_variables("token", "address")
def feed_open(request: MemberRequest, pk: int) -> HttpResponse:
    """Answers with the address itself, so that it stands in no session and is shown this once."""
    space = get_object_or_404(Space.objects.visible_to(request.user), pk=pk)
    token = actions.open_feed(by=request.user, space=space, at=timezone.now())
    address = settings.SITE_URL + reverse("notifications:feed", args=[token])
    return _page(request, address, space)


@login_required
@require_POST
@sensitive_variables("token", "address")
def mine_open(request: MemberRequest) -> HttpResponse:
    """As `feed_open`, for what the member is told."""
    token = actions.open_feed(by=request.user, space=None, at=timezone.now())
    return _page(request, settings.SITE_URL + reverse("notifications:feed", args=[token]))


@login_required
@require_POST
def mine_close(request: MemberRequest) -> HttpResponse:
    return _close(request, None)


@login_required
@require_POST
def feed_close(request: MemberRequest, pk: int) -> HttpResponse:
    return _close(request, pk)


def _close(request: MemberRequest, space_id: int | None) -> HttpResponse:
    actions.close_feed(by=request.user, space_id=space_id)
    messages.success(request, _("That address is dead: a feed reader finds nothing there any more."))
    return redirect("notifications:feeds")


@require_safe
@never_cache
@conditional_page
@sensitive_variables("token")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """As the member of the address, whoever asks; a revoked, foreign or made up one is answered alike."""
    key = get_object_or_404(
        FeedKey.objects.with_token(token)
    )  # the token is the door; what is behind it asks the rule
    space = None
    if key.space_id is not None:
        space = get_object_or_404(Space.objects.visible_to(key.user), pk=key.space_id)
    with translation.override(key.user.preferences.language):
        written = feed_of(space, key.user) if space else feed_for(key.user)
    response = HttpResponse(written, content_type=CONTENT_TYPE)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
