from django.apps import AppConfig


class SwexpertiseConfig(AppConfig):
    name = "swexpertise"
    verbose_name = "Swexpertise"

    def ready(self) -> None:
        """Each process that wakes a task knows the broker; without this Celery would look for one elsewhere."""
        from swexpertise import celery  # noqa: F401  makes its application the current one
