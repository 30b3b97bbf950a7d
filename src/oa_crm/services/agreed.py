"""Which contracts count as sold."""

AGREED = ("approved", "signed", "active", "completed")
"""States of a contract that is agreed. Those after `approved` come with their verbs."""
