"""Thin adapters to what a host may use. Each is imported by itself; nothing in the core needs one."""
