import smtplib
import socket
import sys
from email.message import EmailMessage

import pytest

from swexpertise.mailbox.letters import newest
from swexpertise.start import processes
from swexpertise.start.places import ROOT


@pytest.fixture
def sink(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    command = [
        sys.executable,
        "-m",
        "swexpertise.start.mailsink",
        "--fd",
        str(listener.fileno()),
        "--folder",
        tmp_path,
    ]
    child = processes.start(command, cwd=ROOT, pass_fds=[listener.fileno()])
    yield listener.getsockname()[1]
    processes.stop(child)
    listener.close()
    assert child.returncode == 0


def test_the_sink_keeps_each_mail_with_its_envelope(sink, tmp_path):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "post@example.invalid", "leden@example.invalid", "Één brief"
    message.set_content("Dag allemaal")
    message.add_alternative("<p>Dag allemaal</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sink, timeout=20) as client:
        client.send_message(message, to_addrs=["anna@example.invalid", "bram@example.invalid"])
    (letter,) = newest(tmp_path)
    assert letter.subject == "Één brief"
    assert letter.recipients == ["anna@example.invalid", "bram@example.invalid"]
    assert "Dag allemaal" in letter.text
    assert "<p>Dag allemaal</p>" in letter.html
    assert list(newest(tmp_path, to="cas@example.invalid")) == []
