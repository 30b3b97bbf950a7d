"""The reasons of a stage advice, in the reader's language."""

REASONS: dict[str, dict[str, str]] = {
    "en": {
        "closed": "the project is not open",
        "not_enough_history": "only {similar} won projects went through this stage; five are needed to compare",
        "talks": "{talks} follow-ups so far; won projects left this stage with {median_talks} (median of {similar})",
        "days": "{days} days in this stage; won projects stood here for {median_days} (median of {similar})",
        "silent": "nobody has talked for {silent_days} days",
        "never_talked": "nobody has talked yet",
        "issues": "{issues} key issues are open",
    },
    "zh": {
        "closed": "项目不在进行中",
        "not_enough_history": "仅有 {similar} 个赢单项目经过此阶段,至少需要 5 个才能比较",
        "talks": "至今跟进 {talks} 次;赢单项目离开此阶段时为 {median_talks} 次({similar} 个项目的中位数)",
        "days": "在此阶段 {days} 天;赢单项目停留 {median_days} 天({similar} 个项目的中位数)",
        "silent": "已 {silent_days} 天无人跟进",
        "never_talked": "尚无跟进",
        "issues": "有 {issues} 个关键问题未解决",
    },
}


def reason(code: str, locale: str, facts: dict[str, object]) -> str:
    """One reason with its numbers."""
    language = "zh" if locale.lower().startswith("zh") else "en"
    return REASONS[language][code].format(**facts)
