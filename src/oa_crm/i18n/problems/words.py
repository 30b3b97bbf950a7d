"""What a problem says in one language: what is wrong, and what would be right."""

Words = tuple[str, str]
