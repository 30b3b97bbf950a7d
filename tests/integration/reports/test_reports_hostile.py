"""Whatever somebody typed, on paper it is text: it closes no tag, loads nothing, and turns no other words around."""

import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.reports.parts import Parts, drawn, need_chinese, need_pdf

from oa_crm.errors import ConfigurationError
from oa_crm.reports import customer_file_html, customer_file_pdf, documents
from oa_crm.schemas import CustomerFileOut

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></bdi><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    '\'" onmouseover=alert(1) x="',
    "}body{display:none}/*",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;",
    "\u202e000,1 CNY\u202c",
    "محمد بن سلمان",
    "😀👨‍👩‍👧",
    "\x01\x0b\x1b[31m",
    "A" * 200,
    "超" * 200,
)


def _named(file: CustomerFileOut, name: str) -> CustomerFileOut:
    """The file with this text wherever people type."""
    talk = file.follow_ups.items[0].model_copy(update={"outcome": name, "key_issue": name})
    person = file.contacts.items[0].model_copy(update={"name": name, "notes": name})
    changes: dict[str, Any] = {
        "customer": file.customer.model_copy(
            update={"name": name, "short_name": name, "website": name, "tags": (name,), "level": name}
        ),
        "follow_ups": file.follow_ups.model_copy(update={"items": (talk,)}),
        "contacts": file.contacts.model_copy(update={"items": (person,)}),
        "project_names": dict.fromkeys(file.project_names, name),
        "people": {id: one.model_copy(update={"name": name}) for id, one in file.people.items()},
    }
    return file.model_copy(update=changes)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_adds_no_tag_and_is_there_as_text(file: CustomerFileOut, name: str) -> None:
    parts, plain = (
        Parts(customer_file_html(_named(file, name), company=name)),
        Parts(customer_file_html(_named(file, "x"))),
    )
    assert [one for one in parts.tags if one != "bdi"] == [one for one in plain.tags if one != "bdi"]
    assert {key for key, _ in parts.attributes} == {key for key, _ in plain.attributes}
    assert " ".join(documents.plain(name).split()) in parts.text


@given(name=st.text(min_size=1, max_size=60).filter(str.strip))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_text_at_all_changes_the_shape_of_the_page(file: CustomerFileOut, name: str) -> None:
    one, other = Parts(customer_file_html(_named(file, name))), Parts(customer_file_html(_named(file, "x")))
    assert one.tags == other.tags
    assert one.attributes == other.attributes


def test_the_page_refers_to_nothing(file: CustomerFileOut) -> None:
    page = customer_file_html(_named(file, "<img src=http://127.0.0.1/x>"), "zh-CN")
    parts = Parts(page)
    assert not {"script", "img", "link", "a", "iframe", "object"} & set(parts.tags)
    assert not {"src", "href", "onerror", "data"} & {key for key, _ in parts.attributes}
    assert "url(" not in page
    assert "@import" not in page
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in parts.attributes


def test_what_turns_text_around_is_taken_out_and_joined_letters_stay() -> None:
    assert documents.plain("1\u202e000,1\u202c\u2066\x07\n") == "1000,1\n"
    assert documents.plain("👨\u200d👩") == "👨\u200d👩"


def test_hostile_names_can_be_drawn(file: CustomerFileOut, tmp_path: Path) -> None:
    need_pdf()
    person = file.contacts.items[0]
    people = tuple(person.model_copy(update={"name": name, "notes": name}) for name in HOSTILE)
    whole = _named(file, HOSTILE[0]).model_copy(
        update={"contacts": file.contacts.model_copy(update={"items": people, "total": len(people)})}
    )
    words = "".join("".join(drawn(customer_file_pdf(whole, "zh-CN"), tmp_path)).split())
    assert words.count("<script>alert(1)</script>") > 2
    assert "{{7*7}}" in words


def test_the_renderer_asks_nobody_even_if_a_page_told_it_to(tmp_path: Path) -> None:
    need_pdf()
    secret = tmp_path / "secret.txt"
    secret.write_text("the company's secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        asked: list[object] = []
        listening = threading.Thread(target=_listen, args=(server, asked))
        listening.start()
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        pdf = documents.pdf(
            f"<link rel=stylesheet href='{there}/a.css'><style>@import url({there}/b.css);"
            f"@font-face {{ font-family: f; src: url({there}/f.woff) }} "
            f"body {{ font-family: f; background: url({there}/c) }}"
            f"</style><body>text <img src='{there}/d.png'><object data='{there}/e'></object>"
            f"<img src='{secret.as_uri()}'><a rel=attachment href='{secret.as_uri()}'>x</a><embed src='{there}/g'>"
        )
        listening.join()
    assert asked == []
    assert "text" in drawn(pdf, tmp_path)[0]
    assert b"secret" not in pdf
    assert b"/EmbeddedFile" not in pdf


def _listen(server: socket.socket, asked: list[object]) -> None:
    # As long as the drawing takes, several times over.
    for _ in range(15):
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        asked.append(connection.recv(1000))
        connection.close()


def test_each_page_has_its_number_the_customer_the_day_and_who_printed_it(
    file: CustomerFileOut, tmp_path: Path
) -> None:
    need_pdf()
    need_chinese()
    long = file.follow_ups.model_copy(update={"items": file.follow_ups.items * 40})
    pages = drawn(customer_file_pdf(file.model_copy(update={"follow_ups": long}), "zh"), tmp_path)
    assert len(pages) > 2
    day = file.read_at.date().isoformat()
    for number, page in enumerate(pages, start=1):
        words = "".join(page.split())
        assert f"第{number}页/共{len(pages)}页" in words
        assert "内部资料,请勿外传·SalesManager打印于" in words
        assert "云帆智能科技(杭州)有限公司" in words
        assert day in words
    assert "总经理在场" in pages[0]


@pytest.mark.parametrize(("part", "make"), [("jinja2", customer_file_html), ("weasyprint", customer_file_pdf)])
def test_a_missing_part_is_named_with_what_brings_it(
    file: CustomerFileOut, part: str, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents._environment.cache_clear()
    monkeypatch.setitem(sys.modules, part, None)
    with pytest.raises(ConfigurationError, match=r"oa-crm\[documents\]"):
        make(file)
