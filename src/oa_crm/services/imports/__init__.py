"""Imports: rows of a file on their way to customers and what belongs to them, a slice in a transaction.

`jobs` knows how far each import is, `rows` what came and what became of it, `named` which customer a row means.
`slices`, `contacts` and `talks` take a slice in by the rules of every other entrance. Reading files is
`oa_crm.exchange`.
"""
