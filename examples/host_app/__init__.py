"""A small office-automation platform that embeds oa_crm: the host of the demo.

It owns people, approvals, books and an inbox in tables of its own, beside the CRM's in one database, and meets
the CRM through public names only: `oa_crm`, `oa_crm.hooks`, `oa_crm.schemas`, `oa_crm.errors`.
"""
