"""How an address or a number is written so that the same one always looks the same."""

import re
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

import phonenumbers
import tldextract

# Hosts where anybody may have an address: their domain says nothing about a company.
FREE_MAIL = frozenset(Path(__file__).with_name("free_mail.txt").read_text(encoding="utf-8").split())
ADDRESS = re.compile(r"[^@\s<>,;\"']+@[^@\s<>,;\"']+\.[^@\s<>,;\"'.]+")
# The list that comes with the package: nothing is fetched, nothing is written.
_registered = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=100_000)
def mail_address(raw: str) -> str | None:
    """The bare address in lower case out of `Name <a@b.example>`; None where there is none."""
    if len(raw) > 1000:
        return None
    address = (parseaddr(raw)[1] if "<" in raw else raw).strip().lower()
    return address if ADDRESS.fullmatch(address) else None


@lru_cache(maxsize=100_000)
def phone_number(raw: str, region: str) -> str | None:
    """The number as E.164; national forms are read in `region` (ISO, may be empty). None if it cannot be one.

    A number of a possible length that no numbering plan lists yet (or that is kept for examples) is a number too: it
    still rang, and can be called back.
    """
    if len(raw) > 100:
        return None
    try:
        number = phonenumbers.parse(raw, region or None)
    except phonenumbers.NumberParseException:
        return _written_out(raw)
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _written_out(raw)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _written_out(raw: str) -> str | None:
    """What is written as an international number is taken at its word, whatever the numbering plans say."""
    bare = re.sub(r"[\s()./-]", "", raw)
    return bare if re.fullmatch(r"\+[1-9]\d{5,14}", bare) else None


@lru_cache(maxsize=100_000)
def company_domain(host_or_address: str) -> str | None:
    """The registrable domain that stands for one company; None for a free-mail host or no domain at all."""
    host = host_or_address.rpartition("@")[2].strip().lower().removeprefix("www.").rstrip(".")
    found = _registered(host)
    domain = found.top_domain_under_public_suffix
    if not domain and not found.suffix and host.count("."):
        # A suffix that nobody registered (.example, .internal): the last two labels.
        domain = ".".join(host.split(".")[-2:])
    return domain if domain and domain not in FREE_MAIL else None
