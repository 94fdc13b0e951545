from django.apps import AppConfig


class SwexpertiseConfig(AppConfig):
    name = "swexpertise"
    verbose_name = "Swexpertise"
