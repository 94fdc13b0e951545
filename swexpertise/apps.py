from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SwexpertiseConfig(AppConfig):
    name = "swexpertise"
    verbose_name = "Swexpertise"

    def ready(self) -> None:
        """Each process that wakes a task knows the broker; without this Celery would look for one elsewhere. And each
        knows what the apps let people link to."""
        from swexpertise import celery  # noqa: F401  makes its application the current one

        autodiscover_modules("references")
