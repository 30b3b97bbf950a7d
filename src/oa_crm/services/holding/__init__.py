"""Who has a customer, and how it comes to somebody else.

`moving` is each act on one customer, `limits` how much one person may hold, behind `gates`; `ledger` keeps every change
and `history` reads it, `telling` announces it. `kept` are the company's pools, `seats` whose they are, `routing` which
one a customer falls into, `first` the one that every company has, `pooled` what lies in them, `linting` what is wrong
with them. `distributing` gives customers out in turn; by `claiming` people take them, as far as there is `room`.
"""
