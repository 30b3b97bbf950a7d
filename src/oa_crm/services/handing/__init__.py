"""Everything that one person holds, given to others in one act.

`kinds` declares what can be held, one line a kind; `lists` are the two that are no owner column. `holdings` lists what
somebody has, `splitting` says who receives what, `standing` who may do it, `conflicts` and `vetoes` what is against it.
`giving` does it, `records` writes what it owes, `undoing` takes it back; `sql` has what each database calls otherwise.
"""
