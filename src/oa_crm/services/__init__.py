"""Services: one file per thing a person does, in his own verbs.

`base.py` is the only place that builds a scoped query; `access.py` turns permission into SQL; `journal.py`
writes audit and events. The rest is business: a service never imports another one, and what two of them
share (`stages`, `routes`, `clashes`, `people`, `numbers`) is a room of its own.
"""
