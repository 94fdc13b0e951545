from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """The kinds of mail are known before any is composed."""
        import accounts.mails  # noqa: F401  registers by being read
