"""What will happen, in one sentence for a tired person."""

from django.utils.translation import gettext as _

from accounts.models.preferences import MailDetail, Rhythm
from notifications.forms import WEEKDAYS


def in_words(*, rhythm: str, hour: int, weekday: int, mail_detail: str) -> str:
    """ "Every day at 08:00 you get a mail with …, when there is something new." """
    if rhythm == Rhythm.NEVER:
        return _("You get no mail about discussions. Everything waits for you on the site.")
    what = {
        MailDetail.FULL: _("with titles and the beginning of each post"),
        MailDetail.TITLES: _("with titles only"),
        MailDetail.DISCREET: _("that only says that something is new, without a name, title or number"),
    }[MailDetail(mail_detail)]
    values = {"time": f"{hour:02}:00", "day": str(dict(WEEKDAYS)[weekday]).lower(), "what": what}
    if rhythm == Rhythm.AT_ONCE:
        return _("Within ten minutes after something happens you get a mail %(what)s.") % values
    if rhythm == Rhythm.WEEKLY:
        return (
            _(
                "Every week on %(day)s at %(time)s you get one mail %(what)s. No news, no mail. "
                "What you watch comes within ten minutes."
            )
            % values
        )
    return (
        _(
            "Every day at %(time)s you get one mail %(what)s. No news, no mail. "
            "What you watch comes within ten minutes."
        )
        % values
    )
