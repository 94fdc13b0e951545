"""Letting coordinators into the CMS, and out of it."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from accounts.models import User
from cms.permissions import EDITORS

PAGES = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]
FILES = ["add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"]
ROWS = ["access_admin", "add_source", "change_source", "view_source"]


@transaction.atomic
def admit(*, user: User) -> None:
    user.groups.add(_editors())


def dismiss(*, user: User) -> None:
    user.groups.remove(*Group.objects.filter(name=EDITORS))


def _editors() -> Group:
    """The group, with its rights on every page, picture, document and source, and on nothing of people."""
    group, is_new = Group.objects.get_or_create(name=EDITORS)
    if is_new:
        group.permissions.set(Permission.objects.filter(codename__in=ROWS))
        root, shelf = Page.get_first_root_node(), Collection.get_first_root_node()
        for right in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGES):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=right)
        for right in Permission.objects.filter(
            content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=FILES
        ):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=shelf, permission=right)
    return group
