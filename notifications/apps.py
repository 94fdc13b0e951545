from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import health, listeners  # noqa: F401  registers its checks when it is loaded

        listeners.listen()
