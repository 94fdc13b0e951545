"""Proof three: every model has the rule, or stands here with the reason why nobody sees it directly."""

from django.apps import apps
from django.conf import settings

WITHOUT_THE_RULE = {
    "accounts.AccountMail": "encrypted; read by the worker only, which deletes it",
    "experts.TaggedProfile": "a join row; asked for through the profile",
    "discussions.TaggedThread": "a join row; asked for through the thread",
    "discussions.Mention": "read by telling only, together with its post",
    "discussions.GroupMention": "read by telling only, together with its post",
}


def test_every_model_says_who_may_see_it() -> None:
    """S1. A new model decides this on its first day."""
    undecided = [
        model._meta.label
        for app in settings.STOREYS
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model._default_manager.get_queryset(), "visible_to")
    ]
    assert sorted(undecided) == sorted(WITHOUT_THE_RULE)
