"""Names of files that mean the same on every machine. A name that could mislead is refused, never mended in silence."""

import unicodedata

from oa_crm.errors import InvalidInput

LONGEST = 200
_FORBIDDEN = set('\\/:*?"<>|')
# Bidirectional marks: with one of them "exe.pdf" is shown for "fdp.exe". Beside them what breaks lines or has no width.
_MISLEADING = {
    *"\u061c\u200b\u200e\u200f\u2028\u2029\ufeff",
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}


def safe(given: str) -> str:
    """The name in its composed form. Raises `InvalidInput` naming the first thing that is wrong with it."""
    if len(given) > LONGEST:
        raise InvalidInput.of("name", "file_name_too_long", length=len(given), longest=LONGEST)
    name = unicodedata.normalize("NFC", given.strip())
    for place, character in enumerate(name, start=1):
        if character in _FORBIDDEN | _MISLEADING or unicodedata.category(character) in ("Cc", "Cs"):
            raise InvalidInput.of("name", "file_name_character", place=place, character=ascii(character)[1:-1])
    stem = name.rsplit(".", 1)[0] if "." in name else name
    if not stem.strip(". ") or name.endswith("."):
        raise InvalidInput.of("name", "file_name_empty")
    if len(name) > LONGEST:
        raise InvalidInput.of("name", "file_name_too_long", length=len(name), longest=LONGEST)
    if name.split(".", 1)[0].strip().lower() in _DEVICES:
        raise InvalidInput.of("name", "file_name_reserved", name=name.split(".", 1)[0])
    return name


def extension(name: str) -> str:
    """What stands behind the last dot, in lower case; empty without one."""
    return name.rsplit(".", 1)[1].lower() if "." in name else ""
