"""Everything below a code, as ranges of text that an index can be asked for."""

from oa_crm.codes.regions import is_division


def below(code: str) -> tuple[tuple[str, str], ...]:
    """Half-open ranges of text that hold `code` and every code below it, and no other of the same standard.

    An industry `I65` holds `I6510`; a division `330000` holds `330106`; `CN` holds every division; `US` holds `US-CA`.
    """
    if code == "CN":
        return (("0", ":"), _only(code), ("CN-", "CN."))
    if is_division(code):
        part = code.rstrip("0") if code.endswith("0000") else code[:4] if code.endswith("00") else code
        part = part.ljust(2, "0")
        return ((part, part + ":"),)
    if len(code) == 1 or code[1:].isdigit():
        return (_only(code), (code + "0", code + ":"))
    return (_only(code), (code + "-", code + "."))


def _only(code: str) -> tuple[str, str]:
    # Not a zero character, which PostgreSQL takes in no text.
    return code, code + "\x01"
