"""What a whole night of digests takes doesn't grow with the number of members (N22)."""

import json
import subprocess
import sys

import pytest

from swexpertise.start.places import ROOT
from tests.harness.mail import MailServer

FEW, MANY = 500, 2500  # members: one round of what is leased at once, and four more

# Sends to FEW and then to the others, in a process that does nothing else; says the most memory held after each, in
# KiB, as Linux counted it.
NIGHT = """
import json, re, sys, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from notifications import bench
from notifications.actions import issues, sending
from notifications.models import Event, Issue
from notifications.models.issue import State

few, many = map(int, sys.argv[1:])
now, peaks = timezone.now(), []
space = bench.world(members=0, items=bench.ITEMS, now=now)
Event.objects.update(fanned_out_at=now)
for size, made, minutes in ((few, 0, 0), (many, few, 1)):
    at = now + timedelta(days=1, minutes=minutes)
    bench.follow(space, made, size, now=now)
    bench.happen(space, made, size, each=20, now=now)
    issues.plan(now=at)
    sending.send_all(now=at)
    peaks.append(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
print(json.dumps({"peaks": peaks, "sent": Issue.objects.filter(state=State.SENT).count()}))
"""


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_number_of_members(mail: MailServer, child_env: dict[str, str]) -> None:
    """N22. 500 members with 10,000 events, then 2,000 more with 40,000, over real SMTP. It grew by 3 MB; leased all at
    once it was 34."""
    command = [sys.executable, "-c", NIGHT, str(FEW), str(MANY)]
    done = subprocess.run(command, env=child_env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    few, many = told["peaks"]
    assert told["sent"] == MANY
    assert many - few < 10 * 1024, told
