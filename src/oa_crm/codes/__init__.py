"""Codes of standards with their names: industries, regions, telephone and identity numbers.

Pure, and read when first needed: no database, no clock. A code comes in as people write it, by its number or its name,
and goes out in one form; what is meant by nothing raises `CodeError`, which names near ones.
"""

from oa_crm.codes.errors import CodeError
from oa_crm.codes.industries import industry, industry_name
from oa_crm.codes.numbers import number
from oa_crm.codes.phones import national, phone
from oa_crm.codes.ranges import below
from oa_crm.codes.regions import region, region_name

__all__ = ["CodeError", "below", "industry", "industry_name", "national", "number", "phone", "region", "region_name"]
