"""Two files made one, and split again.

`links` finds everything that points to a customer, `fields` puts the facts together, `plans` says what would move,
`folding` does it and keeps the journal, `unfolding` takes it back; `due` sees whose it is to do what is
open. `writing` holds the statements, `packing` brings rows into the journal and out of it as they were.
"""
