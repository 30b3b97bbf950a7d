"""Teams and credit: what `teams` does, and what becomes of seats when a customer goes to somebody else.

What a seat gives is decided in `access`, nowhere here.
"""
