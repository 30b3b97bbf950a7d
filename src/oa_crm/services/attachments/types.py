"""What a file is: its extension says it and its content must not gainsay it.

Nothing that a browser runs is among the types: no HTML, no SVG, no script, no program.
"""

from oa_crm.errors import InvalidInput

HEAD = 8192
"""So many bytes from the beginning tell what a file is."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIP, _OLE, _TEXT = "application/zip", "application/x-ole-storage", "text/plain"
# Extension -> the media type that is kept, and beside it what the content may look like.
TYPES: dict[str, tuple[str, frozenset[str]]] = {
    extension: (kept, frozenset({kept, *looks}))
    for extension, kept, *looks in (
        ("pdf", "application/pdf"),
        ("ofd", "application/ofd", _ZIP),
        ("docx", f"{_OFFICE}.wordprocessingml.document", _ZIP),
        ("xlsx", f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
        ("pptx", f"{_OFFICE}.presentationml.presentation", _ZIP),
        ("doc", "application/msword", _OLE),
        ("xls", "application/vnd.ms-excel", _OLE),
        ("ppt", "application/vnd.ms-powerpoint", _OLE),
        ("wps", "application/vnd.ms-works", _OLE),
        ("et", "application/x-et", _OLE),
        ("dps", "application/x-dps", _OLE),
        ("odt", "application/vnd.oasis.opendocument.text", _ZIP),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet", _ZIP),
        ("rtf", "application/rtf"),
        ("txt", _TEXT),
        ("md", "text/markdown", _TEXT),
        ("csv", "text/csv", _TEXT),
        ("eml", "message/rfc822", _TEXT),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png", "image/apng"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("bmp", "image/bmp"),
        ("tif", "image/tiff"),
        ("tiff", "image/tiff"),
        ("heic", "image/heic"),
        ("mp3", "audio/mpeg"),
        ("m4a", "audio/mp4", "video/mp4"),
        ("wav", "audio/x-wav"),
        ("amr", "audio/amr"),
        ("mp4", "video/mp4", "video/x-m4v"),
        ("mov", "video/quicktime"),
        ("zip", _ZIP),
        ("rar", "application/x-rar-compressed"),
        ("7z", "application/x-7z-compressed"),
        ("dwg", "image/vnd.dwg"),
    )
}


def allowed(extension: str, wanted: tuple[str, ...] | None) -> None:
    """Raises `InvalidInput` for a type that is not taken here, or that we do not know."""
    known = sorted(TYPES if wanted is None else set(TYPES) & {one.lower().lstrip(".") for one in wanted})
    if extension not in known:
        raise InvalidInput.of("name", "file_type_unknown", extension=extension[:20], known=", ".join(known))


def media_type(extension: str, head: bytes) -> str:
    """The media type of a file with this extension that begins so. Raises `InvalidInput` where they disagree."""
    kept, looks = TYPES[extension]
    if (found := _sniffed(head)) not in looks and not (extension == "zip" and head.startswith(b"PK")):
        raise InvalidInput.of("name", "file_type_mismatch", extension=extension, found=found)
    return kept


def _sniffed(head: bytes) -> str:
    import filetype  # eighty matchers, needed only here

    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE
    found = filetype.guess_mime(head)
    if found is not None:
        return str(found)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _ZIP
    return _TEXT if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    # The last character may be cut in two.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
