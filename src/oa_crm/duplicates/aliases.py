"""Short names that share no order of characters with the full ones, and are known to everybody."""

_RURAL_BANK = "农村商业银行"
_KNOWN = {
    "建行": "建设银行", "工行": "工商银行", "农行": "农业银行", "中行": "中国银行", "交行": "交通银行",
    "招行": "招商银行", "邮储银行": "邮政储蓄银行", "浦发银行": "浦东发展银行", "广发行": "广发银行",
    "国开行": "国家开发银行", "进出口行": "进出口银行", "农发行": "农业发展银行", "中石化": "石油化工",
    "中石油": "石油天然气", "中海油": "海洋石油", "国网": "国家电网",
}  # fmt: skip


def full_name(core: str) -> str:
    """The core that `core` stands for; most stand for themselves."""
    return _KNOWN.get(core, core)


def spelled_out(text: str) -> str:
    """A name whose kind of bank is told in full: 石桥农商行 is 石桥农村商业银行."""
    if "农商" not in text:
        return text
    return text.replace("农商银行", _RURAL_BANK).replace("农商行", _RURAL_BANK)
