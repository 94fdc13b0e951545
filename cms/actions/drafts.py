"""rename_topic_in_drafts: what Wagtail keeps of pages that are not live, kept true."""

from wagtail.models import Revision


def rename_topic_in_drafts(*, gone: int, stays: int) -> int:
    """In every version of a page that carries topic `gone` (keys), `stays` in its place, once. Gives in how many."""
    revisions = list(Revision.objects.filter(content__tagged__contains=[{"tag": gone}]))
    for revision in revisions:
        kept, seen = [], set()
        for row in revision.content["tagged"]:
            tag = stays if row["tag"] == gone else row["tag"]
            if tag not in seen:
                seen.add(tag)
                kept.append(row | {"tag": tag})
        revision.content["tagged"] = kept
    Revision.objects.bulk_update(revisions, ["content"], batch_size=200)
    return len(revisions)
