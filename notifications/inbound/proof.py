"""Whether a mail comes from whom it says: what our own mail server found, and nobody else's word for it (RFC 8601).

The header `Authentication-Results` counts only under the name that the operator configured. The mail server must take
away what comes in under that name (RFC 8601, section 5); where two results differ all the same, nothing is proven.
"""

import re
from dataclasses import dataclass
from email.message import Message

from notifications.inbound.reading import header_text

LONGEST = 4000  # characters of one header
MOST = 20  # headers


@dataclass(frozen=True, slots=True)
class Result:
    """One of `method=result property=value …`."""

    method: str
    result: str
    properties: dict[str, str]


def is_proven(head: Message, *, address: str, authserv_id: str) -> bool:
    """DMARC passed for the domain of `address`; or, where the domain has no DMARC policy, SPF or DKIM of that domain.

    A DMARC failure anywhere under our name is a failure, and without a name configured nothing is proven.
    """
    domain = address.rpartition("@")[2].lower()
    results = [result for value in _trusted(head, authserv_id) for result in results_in(value)]
    verdicts = {
        (one.result, one.properties.get("header.from", "").lower()) for one in results if one.method == "dmarc"
    }
    if verdicts and verdicts != {("none", domain)} and verdicts != {("none", "")}:
        return verdicts == {("pass", domain)}
    return any(_is_aligned(one, domain) for one in results)


def _trusted(head: Message, authserv_id: str) -> list[str]:
    """What stands after our own server's name, comments taken out."""
    if not authserv_id:
        return []
    values = [header_text(value)[:LONGEST] for value in (head.get_all("Authentication-Results") or [])[:MOST]]
    found = []
    for value in map(_without_comments, values):
        server, _semicolon, rest = value.partition(";")
        if (server.split() or [""])[0].lower() == authserv_id.lower():
            found.append(rest)
    return found


def results_in(text: str) -> list[Result]:
    """The results of one header, after its first semicolon."""
    results = []
    for part in text.split(";"):
        pairs = re.findall(r"([\w.-]{1,40})\s*=\s*(\"[^\"]*\"|[^\s;]+)", part)
        if pairs:
            (method, result), *rest = pairs
            properties = {name.lower(): value.strip('"') for name, value in rest}
            results.append(Result(method.lower(), result.lower(), properties))
    return results


def _is_aligned(one: Result, domain: str) -> bool:
    """A pass for exactly this domain: of the envelope's sender (SPF), or of who signed (DKIM)."""
    if one.result != "pass":
        return False
    if one.method == "spf":
        return one.properties.get("smtp.mailfrom", "").rpartition("@")[2].lower() == domain
    if one.method == "dkim":
        signed = one.properties.get("header.d") or one.properties.get("header.i", "").rpartition("@")[2]
        return signed.lower() == domain
    return False


def _without_comments(text: str) -> str:
    """Comments stand in brackets, and may hold brackets."""
    kept, depth = [], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")" and depth > 0)
        if depth == 0 and sign != ")":
            kept.append(sign)
    return "".join(kept)
