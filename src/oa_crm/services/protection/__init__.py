"""The protection clock: how long an owner is safe, and what happens then.

`calendars` and `reckoning` are pure, `facts` reads what they need, `keeping` has the deadline on each customer in step,
`explaining` says why it is so, `sweeping` warns and recycles, `trying` runs a rule that is not switched on.
"""
