"""How a reader is met: a visitor who can't find it is asked to sign in, found or not, and old addresses of a thread
that was merged lead to where it went. And how a writer is met whose session ended: what they wrote goes along through
sign-in (D4)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.views.signing_in import sign_in_with
from discussions import pages
from discussions.actions import attachments
from discussions.models import Post, ThreadAlias
from swexpertise.files.uploads import takes_files
from swexpertise.safety.texts import given_back, keeps_text

View = Callable[..., HttpResponse]


def sign_in_to_find(view: View) -> View:
    """For pages that may be public: a visitor gets the page, or the sign-in page; a member the page, or 404."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return door


def follow_merged(view: View) -> View:
    """For pages of a thread: where none is found for this reader, to where its posts went, if they see that: to the
    post or the page that the address names, else to the one that opened it. Else 404, as for any other."""

    @wraps(view)
    def door(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except Http404:
            alias = ThreadAlias.objects.visible_to(request.user).of(pk).first()
            if alias is None:
                raise
            posts = Post.objects.visible_to(request.user)
            return redirect(pages.went_to(posts, alias, request.GET, pages.chosen_reading(request)))

    return door


def sign_in_to_write(view: View) -> View:
    """For pages with a form that people write in: members only, and no text is ever lost at the door.

    A visitor who sends one signs in first; the text goes along and comes back in the form, not placed. So does a text
    that was sent with `again`: the view finds it in `request.POST`, in a request that asks only to see the form.
    When the place is gone in the meantime the writer gets 404 with the text.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        is_sent = request.method == "POST"
        if is_sent and "again" in request.POST:
            request.method = "GET"
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if not is_sent:
                raise
            return given_back(request, "gone", status=404)

    return takes_files(each=attachments.MOST_BYTES)(keeps_text(sensitive_post_parameters()(door)))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    if not request.accepts("text/html"):
        return JsonResponse({}, status=401)
    return sign_in_with(request)
