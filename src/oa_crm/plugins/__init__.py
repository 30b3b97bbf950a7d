"""Plugins: loading them (`manager`), asking them once (`resolve`), calling them (`dispatch`).

Every default of ours is an ordinary plugin in `builtin/`: a host replaces it by providing its own.
"""
