"""Pages, one kind a file; sources, pictures, documents and their use; changes; the discussion of a page."""

from cms.models.article import ArticlePage, Evidence
from cms.models.change import Change
from cms.models.discussion import PageDiscussion
from cms.models.document import PdfDocument
from cms.models.glossary import GlossaryPage, Term
from cms.models.home import Feature, HomePage
from cms.models.knowledge import KnowledgeIndexPage, TopicHubPage
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.page import KnowledgePage, TaggedPage
from cms.models.picture import Picture, Rendition
from cms.models.programme import ProgrammeIndexPage, ProgrammePage
from cms.models.source import Citation, Source
from cms.models.standard import StandardPage
from cms.models.timeline import Event, TimelinePage
from cms.models.use import Use

__all__ = [
    "ArticlePage",
    "Change",
    "Citation",
    "Event",
    "Evidence",
    "Feature",
    "GlossaryPage",
    "HomePage",
    "KnowledgeIndexPage",
    "KnowledgePage",
    "NewsIndexPage",
    "NewsPage",
    "PageDiscussion",
    "PdfDocument",
    "Picture",
    "ProgrammeIndexPage",
    "ProgrammePage",
    "Rendition",
    "Source",
    "StandardPage",
    "TaggedPage",
    "Term",
    "TimelinePage",
    "TopicHubPage",
    "Use",
]
