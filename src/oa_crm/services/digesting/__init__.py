"""Digests: `kinds` says which changes are key changes, `keeping` finds them in what the audit is told, `building` puts
them together for each subscriber, `reading` shows him what he may see of them."""
