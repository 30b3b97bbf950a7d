"""Rules about people at customers: how their facts are kept, who is alike, their posts, who reports to whom.

Whatever concerns several people of one customer is decided under that customer's lock, taken first.
"""

from oa_crm.services.persons import adding, alike, facts, posts, reporting

__all__ = ["adding", "alike", "facts", "posts", "reporting"]
