"""What a form is bound to, and how every form is drawn: `{{ form }}` and `{{ form.field.as_field_group }}` use the
site's own templates."""

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, be it nothing at all; None when the page is only opened.

    What was sent to be taken up again (see `safety/texts.py`) is shown in the form, and placed by nobody.
    """
    return request.POST if request.method == "POST" or "again" in request.POST else None


class SiteRenderer(TemplatesSetting):
    form_template_name = "elements/form.html"
    field_template_name = "elements/field.html"
