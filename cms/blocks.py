"""The building blocks of a page's body. One template each, in templates/cms/blocks/."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from accounts.audiences import Audience

FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"]
INLINE = ["bold", "italic", "link"]


class SourceBlock(SnippetChooserBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__("cms.Source", **kwargs)


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=FEATURES, **kwargs)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "cms/blocks/text.html"


class FigureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what is to be seen"),
        required=False,
        max_length=300,
        help_text=_("For whoever doesn't see the image. Empty: what the image itself says in this language."),
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=300)
    source = blocks.CharBlock(label=_("maker or source"), required=False, max_length=200)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "cms/blocks/figure.html"


class TableValue(blocks.StructValue):
    @property
    def table(self) -> list[list[str]]:
        rows = [line.strip().strip("|") for line in self["rows"].splitlines() if line.strip(" |")]
        return [[cell.strip() for cell in row.split("|")] for row in rows]

    @property
    def head(self) -> list[str]:
        return self.table[0] if self.table else []

    @property
    def lines(self) -> list[list[str]]:
        return self.table[1:]


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)
    rows = blocks.TextBlock(
        label=_("rows"), help_text=_("One row a line, cells apart with |. The first line is the heading.")
    )
    source = SourceBlock(label=_("source"), required=False)

    class Meta:
        label = _("Table")
        icon = "table"
        template = "cms/blocks/table.html"
        value_class = TableValue


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("quotation"))
    by = blocks.CharBlock(label=_("who says so, and where"), max_length=200)

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        template = "cms/blocks/quote.html"


class CalloutBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=[*INLINE, "ul", "ol"])
    is_warning = blocks.BooleanBlock(label=_("is a warning"), required=False)

    class Meta:
        label = _("Call-out")
        icon = "warning"
        template = "cms/blocks/callout.html"


class NumberBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("figure"), max_length=40, help_text=_("With its sign: 97 %"))
    text = blocks.CharBlock(label=_("of what"), max_length=300)
    source = SourceBlock(label=_("source"))

    class Meta:
        label = _("Figure with its source")
        icon = "order"
        template = "cms/blocks/number.html"


class NumbersBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"), required=False, max_length=200)
    numbers = blocks.ListBlock(NumberBlock(), label=_("figures"))

    class Meta:
        label = _("Figures beside each other")
        icon = "order"
        template = "cms/blocks/numbers.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("answer"), features=[*INLINE, "ul", "ol"])


class MomentBlock(blocks.StructBlock):
    when = blocks.CharBlock(label=_("when"), max_length=40)
    title = blocks.CharBlock(label=_("what"), max_length=200)
    text = blocks.TextBlock(label=_("more"), required=False)


class OpenBlock(blocks.StreamBlock):
    """What may stand in a body, and inside a block for members."""

    text = TextBlock()
    figure = FigureBlock()
    table = TableBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    number = NumberBlock()
    numbers = NumbersBlock()
    accordion = blocks.ListBlock(
        QuestionBlock(), label=_("Questions that unfold"), icon="list-ul", template="cms/blocks/accordion.html"
    )
    document = DocumentChooserBlock(label=_("Document"), template="cms/blocks/document.html")
    discussion = blocks.IntegerBlock(
        label=_("Related discussion"),
        icon="comment",
        min_value=1,
        help_text=_("The number in the discussion's address."),
        template="cms/blocks/discussion.html",
    )
    letter = blocks.CharBlock(
        label=_("Related letter"),
        icon="doc-full",
        max_length=100,
        search_index=False,
        help_text=_("The last part of the letter's address."),
        template="cms/blocks/letter.html",
    )
    timeline = blocks.ListBlock(
        MomentBlock(), label=_("Timeline"), icon="history", template="cms/blocks/timeline.html"
    )


class ReservedBlock(blocks.StructBlock):
    """Content for some readers only. For others it isn't there: see `KnowledgePage.body_for` (K2)."""

    audience = blocks.ChoiceBlock(
        label=_("who sees this"),
        choices=[(a.value, a.label) for a in (Audience.MEMBERS, Audience.COORDINATORS)],
        default=Audience.MEMBERS,
    )
    content = OpenBlock(label=_("content"))

    def get_searchable_content(self, value: Any) -> list[str]:
        """Nothing: whoever indexes a page doesn't know who will search."""
        return []

    class Meta:
        label = _("For members only")
        icon = "lock"
        template = "cms/blocks/reserved.html"


class BodyBlock(OpenBlock):
    reserved = ReservedBlock()
