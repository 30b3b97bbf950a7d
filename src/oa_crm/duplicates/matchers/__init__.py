"""The built-in ways of matching customers, each a `DuplicateMatcher` as a plugin would write it."""

from oa_crm.duplicates.matchers.address import ADDRESS
from oa_crm.duplicates.matchers.domain import DOMAIN
from oa_crm.duplicates.matchers.email import EMAIL
from oa_crm.duplicates.matchers.identity import IDENTITY
from oa_crm.duplicates.matchers.names import NAMES
from oa_crm.duplicates.matchers.phone import PHONE

BUILT_IN = (NAMES, IDENTITY, PHONE, EMAIL, DOMAIN, ADDRESS)

__all__ = ["ADDRESS", "BUILT_IN", "DOMAIN", "EMAIL", "IDENTITY", "NAMES", "PHONE"]
