"""An explanation that a person can read: both names taken apart, the score, and every reason."""

from oa_crm.duplicates.draft import Candidate, Draft
from oa_crm.duplicates.engine import Engine
from oa_crm.duplicates.normalise import NormalName, normalise

_LABELS = {
    "en": {"region": "region", "brand": "brand", "industry": "industry", "form": "legal form", "branch": "branch"},
    "zh": {"region": "地区", "brand": "字号", "industry": "行业", "form": "组织形式", "branch": "分支机构"},
}
_SEPARATORS = {"en": (": ", ", "), "zh": ("：", "，")}


def explain(engine: Engine, one: Candidate | str, other: Candidate | str, locale: str = "en") -> str:
    """Lines of text: a line for each name with its parts, one for the score, one for each reason."""
    first, second = (Draft(side) if isinstance(side, str) else side for side in (one, other))
    language = "zh" if locale.lower().startswith("zh") else "en"
    judged = engine.score(first, second)
    lines = [_apart(side.name, normalise(side.name), language) for side in (first, second)]
    lines.append(f"{judged.value:.3f} {judged.tier.value}")
    lines += [f"- {reason.text(locale)}" for reason in judged.reasons]
    return "\n".join(lines)


def _apart(name: str, normal: NormalName, language: str) -> str:
    colon, comma = _SEPARATORS[language]
    found = {part: getattr(normal, part) for part in _LABELS[language]}
    told = comma.join(f"{_LABELS[language][part]} {text}" for part, text in found.items() if text)
    return f"{name}{colon}{told}" if told else name
