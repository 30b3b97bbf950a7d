"""Write customers.xlsx, a workbook as salespeople keep one, and planted_duplicates.csv, the truth about it.

    python examples/host_app/data/make_workbook.py

One seed: running it again gives the same cells. Rows in the truth count as Excel counts them, the header is row 1.
"""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from invent import LATIN, SALESPEOPLE, Customer, brands, chinese, latin
from mess import NEAR_MISSES, PLANTED, noisy, region_cell, retyped
from xlsxwriter import Workbook

HERE = Path(__file__).parent
SEED = 20240315
CUSTOMERS = 238
WRONG_CHECK_CHARACTERS = 3
EMPTY_AT, NAMELESS_AT = (41, 120, 121, 233), 77
HEADER = (" 客户名称", "统一社会信用代码 ", "行业", "地 区", "电话", "负责人 ", "级别", "来源", "备注")
WIDTHS = (38, 22, 10, 12, 20, 12, 6, 12, 24)


@dataclass(frozen=True)
class Typed:
    """A row as typed; `base` is the customer it was made from, `kind` how, "" for the original itself."""

    customer: Customer
    base: Customer
    kind: str = ""
    same: bool = False


def main() -> None:
    """Write both files beside this one."""
    random = Random(SEED)  # noqa: S311 - reproducible data, no secret
    rows = laid_out(with_noise(random, typed_rows(random)))
    write_workbook([cells(random, row.customer) if row else [] for row in rows])
    write_truth(rows)


def typed_rows(random: Random) -> list[Typed]:
    """Originals, their second rows and the near misses, shuffled."""
    pool = brands(random)
    home = [chinese(random, pool.pop()) for _ in range(CUSTOMERS - len(LATIN))]
    abroad = [latin(random, name) for name in LATIN]
    rows = [Typed(one, one) for one in (*home, *abroad)] + second_rows(random, home, abroad)
    random.shuffle(rows)
    return rows


def second_rows(random: Random, home: list[Customer], abroad: list[Customer]) -> list[Typed]:
    """The planted duplicates and the near misses; every original serves once."""
    unused_home, unused_abroad = iter(home), iter(abroad)
    rows: list[Typed] = []
    for same, kinds in ((True, PLANTED), (False, NEAR_MISSES)):
        for kind, count, change in kinds:
            unused = unused_abroad if kind == "latin_case" else unused_home
            for _ in range(count):
                base = next(one for one in unused if fits(kind, one))
                other = change(random, retyped(random, kind, base) if same else base)
                rows.append(Typed(replace(other, owner=random.choice(SALESPEOPLE)), base, kind, same))
    return rows


def fits(kind: str, one: Customer) -> bool:
    """Whether the change would show on this customer."""
    if kind == "renamed_same_code":
        return bool(one.code)
    return kind != "province_added" or one.city not in {"北京", "上海"}


def with_noise(random: Random, rows: list[Typed]) -> list[Typed]:
    """The rows as they were really typed, three of them with a wrong check character."""
    typed = [replace(row, customer=noisy(random, row.customer)) for row in rows]
    served = {row.base for row in rows if row.kind}
    free = [at for at, row in enumerate(typed) if len(row.customer.code) == 18 and row.base not in served]
    for at in random.sample(free, WRONG_CHECK_CHARACTERS):
        row = typed[at]
        typed[at] = replace(row, customer=replace(row.customer, code=with_wrong_end(row.customer.code)))
    return typed


def with_wrong_end(code: str) -> str:
    """The code with another digit at its end than belongs there."""
    return code[:-1] + ("7" if code[-1] != "7" else "3")


def laid_out(rows: list[Typed]) -> list[Typed | None]:
    """The rows in the order of the sheet, with a nameless one; None is an empty row."""
    nameless = replace(rows[0].customer, name="", code="", note="名称待补")
    laid: list[Typed | None] = [*rows[:NAMELESS_AT], Typed(nameless, nameless), *rows[NAMELESS_AT:]]
    for at in EMPTY_AT:
        laid.insert(at, None)
    return laid


def cells(random: Random, one: Customer) -> list[str | float]:
    """One row's cells in the order of the header."""
    region = region_cell(random, one.city)
    return [one.name, one.code, one.industry, region, one.phone, one.owner, one.level, one.source, one.note]


def write_workbook(rows: list[list[str | float]]) -> None:
    """The sheet: numbers stay numbers, as Excel leaves them when a phone is typed into a plain cell."""
    with Workbook(HERE / "customers.xlsx") as book:
        book.set_properties({"created": datetime(2024, 3, 15, tzinfo=UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet("客户")
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        for at, row in enumerate([list(HEADER), *rows]):
            for column, value in enumerate(row):
                sheet.write_number(at, column, value) if isinstance(value, float) else sheet.write_string(
                    at, column, value
                )


def write_truth(rows: list[Typed | None]) -> None:
    """Which row repeats which original, how it differs, and whether it is the same customer (1) or not (0)."""
    numbered = [(number, row) for number, row in enumerate(rows, start=2) if row]
    row_of = {row.base: number for number, row in numbered if not row.kind}
    with (HERE / "planted_duplicates.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("row", "original_row", "same_customer", "kind"))
        out.writerows((number, row_of[row.base], int(row.same), row.kind) for number, row in numbered if row.kind)


if __name__ == "__main__":
    main()
