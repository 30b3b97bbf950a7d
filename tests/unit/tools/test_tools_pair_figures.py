"""The thin adapter for an outside evaluator: a file of labelled pairs goes in, figures come out."""

from pathlib import Path

from tools import pair_figures

PAIRS = """name_a,name_b,label,kind,lang
北京远山动力科技有限公司,北京遠山動力科技有限公司,1,traditional,zh
北京远山动力科技有限公司,深圳远山动力科技有限公司,0,other_city,zh
北京远山动力科技有限公司,北京沅山动力科技有限公司,1,homophone,zh
Northfield Pumps Inc.,Northfield Pumps Incorporated,1,form,la
Northfield Pumps Inc.,Southfield Bakery Ltd,0,stranger,la
"""


def test_a_file_of_pairs_is_judged_and_summed_up(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(PAIRS, encoding="utf-8")
    pairs = pair_figures.judge(file)
    assert [pair.right for pair in pairs] == [True] * 5
    chinese = pair_figures.summary("zh", [pair for pair in pairs if pair.lang == "zh"])
    assert "zh: 3 pairs; F1 1.000" in chinese
    assert "certain: precision 1.000, recall 0.500" in chinese
    assert "homophone" in pair_figures.by_kind(pairs)


def test_precision_and_recall_at_a_threshold() -> None:
    def pair(value: float, same: bool) -> pair_figures.Judged:
        return pair_figures.Judged("a", "b", same, "k", "la", value, pair_figures.Tier.NONE, "")

    pairs = [pair(0.9, True), pair(0.8, False), pair(0.5, True)]
    assert pair_figures.precision_and_recall(pairs, 0.75) == (0.5, 0.5)
    assert pair_figures.precision_and_recall(pairs, 0.85) == (1.0, 0.5)
