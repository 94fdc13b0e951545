"""rename and join: coordinators tend the one vocabulary. Whatever carries a topic goes on carrying it, once (D11)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from experts.models import FactKind, ProfileFact, Topic, TopicAlias
from experts.models.topic import carriers
from experts.permissions import may_tend_topics
from experts.signals import topics_joined
from experts.spelling import plain_words
from experts.topics import normal_topic


@transaction.atomic
def rename(*, by: User, topic: Topic, name: str) -> Topic:
    """Its old address and its old word lead to it. ValidationError: it says nothing, or another topic is called so."""
    word = normal_topic(name)
    topic = _locked([topic], by)[0]
    if word == topic.name:
        return topic
    taken = Topic.objects.exclude(pk=topic.pk).meant_by([word]).first()
    if taken is not None:
        raise ValidationError(
            _("“%(name)s” is there already. Join the two instead."), code="taken", params={"name": taken.name}
        )
    old_name, old_slug = topic.name, topic.slug
    topic.aliases.filter(word=word.lower()).delete()  # called so before: it takes its word back
    topic.name = word
    if word.lower() != old_name.lower():
        topic.slug = _free_slug(topic)
        topic.aliases.filter(slug=topic.slug).delete()
        _keep(topic, old_slug, old_name)
    topic.save(update_fields=["name", "slug"])
    _known(old_slug).update(value=topic.slug, label=topic.name, text=plain_words(topic.name))
    return topic


@transaction.atomic
def join(*, by: User, topic: Topic, into: Topic) -> Topic:
    """`topic` becomes another word for `into`: who and what carries it carries `into`, nothing twice."""
    if topic.pk == into.pk:
        raise ValidationError(_("A topic can't be joined with itself."), code="itself")
    gone, stays = _locked([topic, into], by)
    for carried in carriers():
        rows: QuerySet[Model] = carried._default_manager.filter(tag=gone)
        rows.filter(content_object__in=carried._default_manager.filter(tag=stays).values("content_object")).delete()
        rows.update(tag=stays)
    doubles = _known(stays.slug).values("profile")
    _known(gone.slug).filter(profile__in=doubles).delete()
    _known(gone.slug).update(value=stays.slug, label=stays.name, text=plain_words(stays.name))
    topics_joined.send(Topic, topic=stays, gone=gone, by=by)
    gone.aliases.update(topic=stays)
    slug, name = gone.slug, gone.name
    gone.delete()
    _keep(stays, slug, name)
    return stays


def _locked(topics: list[Topic], by: User) -> list[Topic]:
    if not may_tend_topics(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    rows = Topic.objects.visible_to(by).filter(pk__in=[topic.pk for topic in topics]).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update()}
    if len(found) < len(topics):
        raise ValidationError(_("This topic was joined with another in the meantime. Look again."), code="gone")
    return [found[topic.pk] for topic in topics]


def _keep(topic: Topic, slug: str, name: str) -> None:
    TopicAlias.objects.create(topic=topic, slug=slug, word=name.lower())


def _free_slug(topic: Topic) -> str:
    """One that is no other topic's, now or before."""
    number = None
    while True:
        slug = topic.slugify(topic.name, number)
        others = Topic.objects.exclude(pk=topic.pk).filter(slug=slug)
        if not others.exists() and not TopicAlias.objects.exclude(topic=topic).filter(slug=slug).exists():
            return slug
        number = (number or 0) + 1


def _known(slug: str) -> QuerySet[ProfileFact]:
    return ProfileFact.objects.filter(kind=FactKind.KNOWS, value=slug)
