"""No cell that leaves is a formula: a name may begin with "=", and whoever opens the file is not to run it.

A workbook keeps such a text as text. A CSV file cannot, so there an apostrophe stands before it, as Excel writes one;
an import takes it away again.
"""

# The full-width ones begin a formula in Excel of East Asian languages.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    return text.lstrip(" ").startswith(_BEGINS_A_FORMULA) or text.startswith(("\t", "\r", "\n"))


def guarded(text: str) -> str:
    """The text as a CSV file has it."""
    return f"'{text}" if is_dangerous(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text as it was before, whatever apostrophes somebody typed himself."""
    return text[1:] if text.startswith("'") and is_dangerous(text.lstrip("'")) else text
