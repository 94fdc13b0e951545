"""How every form is drawn: `{{ form }}` and `{{ form.field.as_field_group }}` use the site's own templates."""

from django.forms.renderers import TemplatesSetting


class SiteRenderer(TemplatesSetting):
    form_template_name = "elements/form.html"
    field_template_name = "elements/field.html"
