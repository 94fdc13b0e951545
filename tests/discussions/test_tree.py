"""The key of a place sorts as the tree reads."""

from dataclasses import dataclass, field

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from discussions import bulk, tree
from discussions.models import Post, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import reply


@dataclass
class Node:
    number: int
    path: bytes
    children: list["Node"] = field(default_factory=list)

    def preorder(self) -> list[int]:
        return [self.number, *(number for node in self.children for number in node.preorder())]


@given(st.lists(st.integers(min_value=0, max_value=10**6), max_size=120))
def test_bytes_sort_as_the_tree_reads_from_top_to_bottom(choices: list[int]) -> None:
    """D2. Any tree, built in any order of replies."""
    nodes = [Node(1, tree.ROOT)]
    for choice in choices:
        parent = nodes[choice % len(nodes)]
        node = Node(len(nodes) + 1, tree.child(parent.path, len(parent.children)))
        parent.children.append(node)
        nodes.append(node)
    assert [node.number for node in sorted(nodes, key=lambda node: node.path)] == nodes[0].preorder()


@given(st.integers(0, 0x1020_4080 - 1), st.integers(0, 0x1020_4080 - 1))
def test_segments_keep_order_and_none_begins_another(one: int, other: int) -> None:
    first, second = tree.segment(one), tree.segment(other)
    assert (first < second) == (one < other)
    assert one == other or not second.startswith(first)
    assert list(tree.segments(first + second)) == [first, second]


@pytest.mark.parametrize(("ordinal", "length"), [(0, 1), (127, 1), (128, 2), (16511, 2), (16512, 3), (2113664, 4)])
def test_most_places_take_one_byte(ordinal: int, length: int) -> None:
    assert len(tree.segment(ordinal)) == length


@given(st.lists(st.integers(0, 20000), min_size=1, max_size=12), st.lists(st.integers(0, 20000), max_size=4))
def test_all_under_a_post_is_one_range(above: list[int], below: list[int]) -> None:
    path = b"".join(map(tree.segment, above))
    under = path + b"".join(map(tree.segment, below))
    end = tree.after(path)
    assert path <= under and (end is None or under < end)
    sibling = b"".join(map(tree.segment, [*above[:-1], above[-1] + 1]))
    assert end is None or end <= sibling
    assert tree.ancestors(path)[-1] == tree.ROOT and len(tree.ancestors(path)) == len(above)


def test_1200_deep_opens_and_can_be_answered(anna: User, bram: User, thread: Thread) -> None:
    """D16. No recursion anywhere, and the last page holds the deepest post."""
    bulk.fill(thread, [first_name(anna)], 1200, at=timezone.now(), shape=bulk.deep)
    deepest = Post.objects.get(thread=thread, number=1201)
    answer = reply(bram, thread, "Nog dieper.", parent=deepest)
    assert (answer.depth, answer.parent_id) == (1201, deepest.pk)
    assert Post.objects.of(thread).in_tree().last() == answer
    page = client_of(bram).get(answer.get_absolute_url(), follow=True)
    assert "Nog dieper." in page.content.decode()


def test_deeper_than_a_key_can_hold_the_talk_goes_on_beside(anna: User, bram: User, thread: Thread) -> None:
    """D16. Beyond 2,000 levels a reply stands as the next one beside its parent, and still says whom it answers."""
    bulk.fill(thread, [first_name(anna)], 2000, at=timezone.now(), shape=bulk.deep)
    full = Post.objects.get(thread=thread, number=2001)
    assert len(bytes(full.path)) == tree.LONGEST
    first = reply(bram, thread, "Eén.", parent=full)
    second = reply(bram, thread, "Twee.", parent=first)
    assert (first.parent_id, second.parent_id) == (full.pk, first.pk)
    assert [post.number for post in Post.objects.of(thread).in_tree()][-3:] == [2001, 2002, 2003]
    assert max(len(bytes(post.path)) for post in (first, second)) <= tree.LONGEST


def test_2000_wide_keeps_the_order_of_writing(anna: User, bram: User, thread: Thread) -> None:
    """D16."""
    bulk.fill(thread, [first_name(anna)], 2000, at=timezone.now(), shape=bulk.wide)
    last = reply(bram, thread, "De laatste.")
    assert list(Post.objects.of(thread).in_tree().values_list("number", flat=True)) == list(range(1, 2003))
    assert last.get_absolute_url() and client_of(bram).get(last.get_absolute_url()).url.endswith(
        f"page=41#{last.anchor}"
    )
