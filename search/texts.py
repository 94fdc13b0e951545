"""What of each thing goes into the index: title, text, language, a lasting address."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.audiences import Viewer
from accounts.models import User
from cms.models import KnowledgePage, ProgrammePage, Term, TimelinePage
from discussions.models import Post, Thread
from experts.models import Organisation
from experts.spelling import plain_words
from letters.models import Letter
from search.models import Entry, Kind
from search.models.entry import COORDINATOR, MEMBER, START, STOP, VISITOR

LONGEST = 200_000  # characters of one text: more would not fit in what PostgreSQL keeps of it


def of_thread(thread: Thread, opening: Post | None) -> Entry:
    """A thread is found by its title and by what it was opened with, as long as that stands there."""
    return _entry(
        Kind.THREAD,
        thread.pk,
        title=thread.title,
        body=opening.plain if opening else "",
        language=thread.space.language,
        url=reverse("discussions:thread", args=[thread.pk, thread.slug]),
        at=thread.opened_at,
        thread_id=thread.pk,
        author_id=thread.author_id,
    )


def of_post(post: Post) -> Entry:
    return _entry(
        Kind.POST,
        post.pk,
        body=post.plain,
        language=post.thread.space.language,
        url=post.get_absolute_url(),
        at=post.posted_at,
        thread_id=post.thread_id,
        author_id=post.author_id,
    )


def of_page(page: KnowledgePage) -> list[Entry]:
    """One text for all, or one for each level of reader whose text differs (K2). `page` is the specific one."""
    made: list[Entry] = []
    for level, reader in _READERS.items():
        body = _clean("\n\n".join([page.plain_text(reader), *_besides(page)]))
        if made and made[-1].body == body:
            made[-1].to_level = level
        else:
            made.append(
                _entry(
                    Kind.PAGE,
                    page.pk,
                    title=page.title,
                    body=body,
                    language=page.locale.language_code,
                    url=page.permanent_url,
                    at=page.first_published_at or page.latest_revision_created_at,
                    from_level=level,
                    to_level=level,
                )
            )
    return made


def of_term(term: Term, page: KnowledgePage) -> Entry:
    spellings = term.spellings
    return _entry(
        Kind.TERM,
        term.pk,
        title=" · ".join(spellings),
        body=term.meaning,
        language=page.locale.language_code,
        url=f"{page.permanent_url}#{term.anchor}",
        at=page.first_published_at,
    )


def of_organisation(organisation: Organisation) -> Entry:
    names = dict.fromkeys([organisation.name, organisation.short_name, *organisation.also_known_as])
    return _entry(
        Kind.ORGANISATION,
        organisation.pk,
        title=" · ".join(name for name in names if name),
        body=f"{organisation.about_nl}\n\n{organisation.about_en}\n\n{organisation.city}",
        language="",
        url=organisation.get_absolute_url(),
    )


def of_letter(letter: Letter) -> list[Entry]:
    """One text holds both languages, so that either finds it; it is shown with the Dutch title first."""
    words = [letter.occasion_nl, letter.occasion_en, letter.outcome_nl, letter.outcome_en]
    words += [str(text[language]) for text in (*letter.arguments, *letter.facts) for language in ("nl", "en")]
    titles = dict.fromkeys([letter.title_nl, letter.title_en])
    return [
        _entry(
            Kind.LETTER,
            letter.pk,
            title=" · ".join(titles),
            body="\n\n".join(word for word in words if word),
            language="",
            url=letter.get_absolute_url(),
        )
    ]


# Whose eyes a page is read with; these accounts are never kept.
_READERS: dict[int, Viewer] = {
    VISITOR: AnonymousUser(),
    MEMBER: User(role="member", is_active=True),
    COORDINATOR: User(role="coordinator", is_active=True),
}


def _besides(page: KnowledgePage) -> Iterable[str]:
    """What stands on a page outside its body."""
    if isinstance(page, TimelinePage):
        yield from (event.text for event in page.events.all())
    elif isinstance(page, ProgrammePage):
        yield from (page.partners, page.funder, ", ".join(page.country_names))


def _entry(kind: Kind, object_id: int, *, title: str = "", body: str, language: str, **more: object) -> Entry:
    title = _clean(title)[:400]
    known = {key: value for key, value in more.items() if value is not None}
    return Entry(
        kind=kind,
        object_id=object_id,
        title=title,
        words=plain_words(title)[:800],
        body=_clean(body),
        language=language if language in dict(settings.LANGUAGES) else "",
        **known,
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace(START, "").replace(STOP, "").strip()[:LONGEST]
