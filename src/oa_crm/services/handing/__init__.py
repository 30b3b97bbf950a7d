"""Everything that one person holds, given to others in one act.

`kinds` declares what can be held, one line a kind; `lists` are the two that are no owner column. `holdings` lists what
somebody has, `splitting` says who receives what, `standing` who may do it, `conflicts` and `vetoes` what is against it.
`opening` makes one due. `giving` does it; `closing` ends the plans of what goes into a pool, and `helping` the seats in
teams. `records` writes what it owes, `document` tells a receiver. `undoing` takes it back, with what came `since`.
"""
