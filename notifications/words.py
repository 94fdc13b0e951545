"""What will happen, in a few sentences for a tired person."""

from django.utils.translation import gettext as _

from accounts.models.preferences import MailDetail, Rhythm
from notifications.forms import WEEKDAYS
from notifications.quiet import is_between


def in_words(
    *,
    rhythm: str,
    hour: int,
    weekday: int,
    mail_detail: str,
    is_steady: bool = False,
    quiet_from: int | None = None,
    quiet_to: int | None = None,
) -> str:
    """ "Every day at 08:00 you get one mail … No news, no mail. Between 22:00 and 07:00 nothing comes, …" """
    if rhythm == Rhythm.NEVER:
        return _("You get no mail about discussions. Everything waits for you on the site.")
    what = {
        MailDetail.FULL: _("with titles and the beginning of each post"),
        MailDetail.TITLES: _("with titles only"),
        MailDetail.DISCREET: _("that only says that something is new, without a name, title or number"),
    }[MailDetail(mail_detail)]
    if is_steady:
        what = _("that always says the same, without a name, title or number")
    values = {"time": _clock(hour), "day": str(dict(WEEKDAYS)[weekday]).lower(), "what": what}
    if rhythm == Rhythm.AT_ONCE:
        sentences = [_("Within ten minutes after something happens you get a mail %(what)s.") % values]
    elif rhythm == Rhythm.WEEKLY:
        sentences = [_("Every week on %(day)s at %(time)s you get one mail %(what)s.") % values]
    else:
        sentences = [_("Every day at %(time)s you get one mail %(what)s.") % values]
    if is_steady:
        sentences.append(_("It comes when nothing happened as well, and nothing comes in between."))
    elif rhythm != Rhythm.AT_ONCE:
        sentences.append(_("No news, no mail. What you watch comes within ten minutes."))
    if quiet_from is not None and quiet_to is not None:
        quiet = {"begin": _clock(quiet_from), "end": _clock(quiet_to)}
        sentences.append(
            _("Between %(begin)s and %(end)s nothing comes, but for what a coordinator marked urgent.") % quiet
        )
        if rhythm != Rhythm.AT_ONCE and is_between(hour, quiet_from, quiet_to):
            sentences.append(_("Your overview therefore comes at %(end)s.") % quiet)
    return " ".join(sentences)


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
