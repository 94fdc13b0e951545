import pytest
from django.urls import include, path

from swexpertise import urls as site

urlpatterns = [path("mailbox/", include("swexpertise.mailbox.urls")), *site.urlpatterns]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

KEY = "01795507234000000000-0a1b2c3d"
MAIL = """\
Return-Path: <post@swexpertise.invalid>
Delivered-To: anna@example.invalid
From: Swexpertise <post@swexpertise.invalid>
To: anna@example.invalid
Subject: Nieuw in <jouw> gesprekken
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Dag Anna, lees het op http://localhost:8000/discussions/ <script>alert(1)</script>

--b
Content-Type: text/html; charset=utf-8

<html><head></head><body><p style="color:red">Dag Anna</p><script>alert(1)</script></body></html>

--b--
"""


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.DEMO = True
    settings.MAILBOX_DIR = tmp_path
    (tmp_path / f"{KEY}.eml").write_text(MAIL)
    return tmp_path


def test_the_mailbox_lists_what_was_sent(client, mailbox):
    answer = client.get("/mailbox/")
    assert "Nieuw in &lt;jouw&gt; gesprekken" in answer.text
    assert "anna@example.invalid" in answer.text


def test_a_mail_is_read_as_text_without_running_what_is_in_it(client, mailbox):
    answer = client.get(f"/mailbox/{KEY}/")
    assert "Dag Anna, lees het op" in answer.text
    assert 'href="http://localhost:8000/discussions/"' in answer.text
    assert "<script>alert" not in answer.text
    assert f'src="/mailbox/{KEY}/html/"' in answer.text


def test_its_html_is_shown_in_a_sandbox_without_script_or_other_hosts(client, mailbox):
    answer = client.get(f"/mailbox/{KEY}/html/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_list_keeps_to_one_recipient(client, mailbox):
    assert "gesprekken" in client.get("/mailbox/?to=Anna@example.invalid").text
    assert "Nieuw in" not in client.get("/mailbox/?to=bram@example.invalid").text


@pytest.mark.parametrize("address", ["", f"{KEY}/", f"{KEY}/html/"])
def test_outside_demo_mode_there_is_no_mailbox(client, mailbox, settings, address):
    settings.DEMO = False
    assert client.get(f"/mailbox/{address}", follow=True).status_code == 404


@pytest.mark.parametrize("address", ["../secret_key", "01795507234000000000-ffffffff", "%2e%2e/secret_key"])
def test_nothing_else_can_be_read_through_it(client, mailbox, address):
    assert client.get(f"/mailbox/{address}/", follow=True).status_code == 404
