import smtplib

import pytest
from django.core import mail

from tests.harness.mail import HANG_UP


def send(address="anna@example.invalid"):
    return mail.send_mail("Één onderwerp", "Dag Anna", "post@example.invalid", [address], html_message="<p>Dag</p>")


def test_a_mail_arrives_whole(smtp_server):
    assert send() == 1
    (received,) = smtp_server.to("anna@example.invalid")
    assert received.message["Subject"] == "Één onderwerp"
    assert "Dag Anna" in received.text
    assert "<p>Dag</p>" in received.html


def test_the_server_refuses_as_told_and_then_accepts(smtp_server):
    smtp_server.answer("451 4.3.0 Later", "550 5.7.1 Never", HANG_UP)
    for error in (smtplib.SMTPDataError, smtplib.SMTPDataError, smtplib.SMTPServerDisconnected):
        with pytest.raises(error):
            send()
    assert send() == 1
    assert len(smtp_server.attempts) == 4
    assert len(smtp_server.inbox) == 1


def test_one_address_can_be_refused(smtp_server):
    smtp_server.refused_recipients["gone@example.invalid"] = "550 5.1.1 Unknown"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send("gone@example.invalid")
    assert smtp_server.inbox == []
