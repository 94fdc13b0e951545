"""Proof two of “who may see what: once”: whoever shows something asks the rule first."""

import ast

from tests.house.source import chain_after, files, tree_of, where

# Where things are shown: views, feeds, digests, search, exports and template tags.
SHOWING = (
    "views.py",
    "views/**/*.py",
    "**/feeds.py",
    "**/digest*.py",
    "**/digest*/**/*.py",
    "templatetags/*.py",
    "context.py",
)
# Rules of their own, with the reason why they are as strict as `visible_to`.
AS_STRICT = {
    "held_by": "the names a viewer holds: their own",
    "entered_by": "the circles a viewer is in: their own",
    "news_for": "what somebody was told, by the rule and by what they would be told of now",
    "with_token": "the door of a feed reader; what is behind it asks the rule as the member of the token",
    "removed_or_not": "removed threads too, in the spaces of `visible_to`, for a coordinator who judges that",
    "about_words_of": "what was decided about what the viewer wrote",
}


def test_what_is_shown_was_asked_of_the_rule() -> None:
    """S3, Q3. An `.objects` in a view, feed, digest, search or template tag goes through `visible_to`."""
    forgotten = [
        where(path, node)
        for path in {*files(*SHOWING), *(path for path in files("**/*.py") if path.parts[-2:-1] == ("search",))}
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager")
        and not {"visible_to", *AS_STRICT} & set(chain_after(node))
    ]
    assert not forgotten, "\n".join(sorted(forgotten))


def test_views_neither_filter_nor_save() -> None:
    """style.md: a view says what, querysets say how, actions write."""
    forbidden = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
    found = [
        where(path, node)
        for path in files("views.py", "views/**/*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"filter", "exclude", *forbidden}
        and not (
            isinstance(node.func.value, ast.Name) and node.func.value.id in {"posts", "threads", "pages", "names"}
        )
    ]
    assert not found, "\n".join(sorted(found))


def test_announcements_are_heard_only_in_listeners() -> None:
    """house.md: news travels up by announcements, wired in one place; nothing hangs on `save()`."""
    wired = [
        where(path, node)
        for path in files("**/*.py")
        if path.name not in ("listeners.py", "apps.py", "wagtail_hooks.py")
        for node in ast.walk(tree_of(path))
        if "start" not in path.parts  # which connects to servers
        if isinstance(node, ast.Attribute) and node.attr == "connect" and isinstance(node.value, ast.Name)
    ]
    on_save = [
        where(path, node)
        for path in files("**/*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name) and node.id in ("post_save", "pre_save", "post_delete", "pre_delete")
    ]
    assert not wired + on_save, "\n".join(sorted(wired + on_save))


def test_the_ground_floor_knows_no_app() -> None:
    from django.conf import settings

    apps = set(settings.STOREYS) - {"swexpertise"}
    named = [
        where(path, node)
        for path in files("**/*.py")
        if path.relative_to(settings.BASE_DIR).parts[0] == "swexpertise"
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in apps)
        or (isinstance(node, ast.Import) and {alias.name.split(".")[0] for alias in node.names} & apps)
    ]
    assert not named, "\n".join(sorted(named))


def test_the_walk_finds_what_it_looks_for() -> None:
    """A proof that cannot fail proves nothing."""
    tree = ast.parse("Thread.objects.filter(pk=1)\nThread.objects.visible_to(user).filter(pk=1)")
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]  # as tree_of does
    chains = [chain_after(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "objects"]
    assert sorted(chains) == [["filter"], ["visible_to", "filter"]]
