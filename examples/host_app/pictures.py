"""The report's pictures, as SVG that is put into the page.

Drawn on this machine, no server asked. Colours of one picture differ in lightness, so it reads in grey as well.
The fonts are those that the reader has: every common system's Chinese font is named.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from examples.host_app.importer import CREATED, DUPLICATE, INVALID, SUSPECTED
from examples.host_app.org_chart import NAMES
from examples.host_app.truth import KINDS

if TYPE_CHECKING:
    from examples.host_app.report import Findings

FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
DARK, MIDDLE, LIGHT, PALE = "#14324f", "#4f83ad", "#9cc3df", "#e3edf4"
LINE = "#5b6773"
RESULTS = {CREATED: "已建档", DUPLICATE: "重复", SUSPECTED: "疑似", INVALID: "无效"}
CATEGORIES = {
    "travel": "差旅",
    "lodging": "住宿",
    "entertainment": "招待",
    "gifts": "礼品",
    "exhibition": "展会",
    "other": "其他",
}


def draw(findings: "Findings") -> dict[str, str]:
    """Every picture by name."""
    charts = {
        "outcomes": outcomes(findings),
        "kinds": kinds(findings),
        "industries": industries(findings),
        "entries": entries(findings),
        "result": result(findings),
    }
    return {name: _svg(chart) for name, chart in charts.items()}


def outcomes(findings: "Findings") -> Any:
    """What became of each salesperson's rows."""
    counted = Counter((one.row.owner, one.result) for one in findings.run.outcomes)
    rows = [{"who": NAMES.get(who, who), "result": RESULTS[what], "n": n} for (who, what), n in counted.items()]
    return _stacked(rows, "who", "result", list(RESULTS.values()), "客户表行数", step=34)


def industries(findings: "Findings") -> Any:
    """Customers on file by industry and level."""
    created = [one.row for one in findings.run.outcomes if one.result == CREATED]
    counted = Counter((row.industry or "未填", f"{row.level} 级") for row in created)
    rows = [{"industry": industry, "level": level, "n": n} for (industry, level), n in counted.items()]
    return _stacked(rows, "industry", "level", ["A 级", "B 级", "C 级"], "客户数")


def kinds(findings: "Findings") -> Any:
    """Planted duplicates by how they differ: found or missed."""
    rows: list[dict[str, Any]] = []
    for kind, found, missed in findings.comparison.by_kind():
        rows += [{"kind": KINDS[kind], "what": "查出", "n": found}, {"kind": KINDS[kind], "what": "漏查", "n": missed}]
    return _stacked(rows, "kind", "what", ["查出", "漏查"], "预埋重复数", step=20, colours=[DARK, PALE])


def entries(findings: "Findings") -> Any:
    """How the books filled, and when the relay was killed and started anew."""
    start = findings.entries[0].posted_at
    rows = [
        {"s": (entry.posted_at - start).total_seconds(), "n": number}
        for number, entry in enumerate(findings.entries, start=1)
    ]
    marks = [
        {"s": (moment - start).total_seconds(), "what": what}
        for what, moments in (("被杀", findings.kills.killed_at), ("重启", findings.kills.restarted_at))
        for moment in moments
        if moment > start
    ]
    x = alt.X("s:Q", title="秒", axis=alt.Axis(grid=False))
    steps = alt.Chart(_data(rows)).mark_line(interpolate="step-after", color=DARK, strokeWidth=2.5)
    dots = alt.Chart(_data(rows)).mark_point(filled=True, color=DARK, size=45, opacity=1)
    y = alt.Y("n:Q", title="已入账凭证数")
    rules = alt.Chart(_data(marks)).mark_rule(color=LINE, strokeWidth=1.5).encode(x=x, strokeDash=_dash())
    words = (
        alt.Chart(_data(marks))
        .mark_text(align="left", dx=5, dy=6, color=LINE, baseline="top")
        .encode(x=x, y=alt.value(0), text="what:N")
    )
    return _sized(alt.layer(rules, steps.encode(x=x, y=y), dots.encode(x=x, y=y), words), height=230)


def result(findings: "Findings") -> Any:
    """From revenue through each kind of expense to profit."""
    settled = findings.sale.result
    assert settled is not None
    rows: list[dict[str, Any]] = []
    level = float(settled.revenue.amount)
    rows.append({"what": "合同收入", "from": 0.0, "to": level, "kind": "收入", "label": f"{level:,.2f}"})
    for category, money in sorted(settled.by_category.items(), key=lambda one: -one[1].minor):
        spent = float(money.amount)
        bar = {"what": CATEGORIES.get(category, category), "from": level - spent, "to": level}
        rows.append({**bar, "kind": "费用", "label": f"−{spent:,.2f}"})
        level -= spent
    rows.append({"what": "利润", "from": 0.0, "to": level, "kind": "利润", "label": f"{level:,.2f}"})
    base = alt.Chart(_data(rows)).encode(y=alt.Y("what:N", sort=None, title=None))
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["收入", "费用", "利润"], range=[MIDDLE, LIGHT, DARK])
    )
    amount = alt.X("from:Q", title="元", scale=alt.Scale(domainMax=float(settled.revenue.amount) * 1.3))
    bars = base.mark_bar(height=22).encode(x=amount, x2="to:Q", color=colour)
    words = base.mark_text(align="left", dx=6).encode(x="to:Q", text="label:N")
    return _sized(alt.layer(bars, words), height=270)


def _stacked(
    rows: list[dict[str, Any]],
    by: str,
    part: str,
    parts: list[str],
    title: str,
    step: int = 26,
    colours: list[str] | None = None,
) -> Any:
    shades = colours or [DARK, MIDDLE, LIGHT, PALE][: len(parts)]
    order = {name: position for position, name in enumerate(parts)}
    for row in rows:
        row["order"] = order[row[part]]
    colour = alt.Color(
        f"{part}:N",
        title=None,
        sort=parts,
        scale=alt.Scale(domain=parts, range=shades),
        legend=alt.Legend(orient="top"),
    )
    bars = alt.Chart(_data(rows)).mark_bar(stroke=DARK, strokeWidth=0.6)
    counts = alt.X("n:Q", title=title, axis=alt.Axis(tickMinStep=1))
    chart = bars.encode(x=counts, y=alt.Y(f"{by}:N", sort="-x", title=None), color=colour, order="order:O")
    return _sized(chart, height=step * len({row[by] for row in rows}))


def _dash() -> alt.StrokeDash:
    scale = alt.Scale(domain=["被杀", "重启"], range=[[1, 0], [4, 4]])
    return alt.StrokeDash("what:N", scale=scale, legend=None)


def _data(rows: list[dict[str, Any]]) -> Any:
    return alt.InlineData(values=rows)


def _sized(chart: Any, height: int) -> Any:
    return (
        chart.properties(width=400, height=height, background="transparent")
        .configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, labelColor="#26323d", titleColor=LINE, gridColor="#e6eaee")
        .configure_axisY(domain=False, ticks=False, labelPadding=8)
        .configure_legend(labelFontSize=12, symbolStrokeWidth=0.8, symbolType="square")
        .configure_text(fontSize=12, color="#26323d")
    )


def _svg(chart: Any) -> str:
    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg
