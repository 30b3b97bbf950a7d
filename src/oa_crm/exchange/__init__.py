"""Excel in and out. What needs a workbook library imports it when it is used: the extra `oa-crm[excel]`."""
