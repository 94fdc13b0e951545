"""Knowledge: Wagtail pages in Dutch and English, with evidence; programmes, news, glossary, timeline."""
