"""Administrative regions as they stand in company names, and whether two of them can be one place.

Provinces and prefecture-level cities of GB/T 2260 by their short names; counties are not here. 中国 contains
everything. A few Latin spellings lead to the same places.
"""

import re

_CITIES = (
    ("北京", ""), ("上海", "浦东"), ("天津", "滨海新区"), ("重庆", ""), ("香港", ""), ("澳门", ""),
    ("台湾", "台北 高雄"),
    ("河北", "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安新区"),
    ("山西", "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁"),
    ("内蒙古", "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布"),
    ("辽宁", "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛"),
    ("吉林", "长春 四平 辽源 通化 白山 松原 白城 延边"),
    ("黑龙江", "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化"),
    ("江苏", "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 常熟 张家港"),
    ("浙江", "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚"),
    ("安徽", "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城"),
    ("福建", "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江"),
    ("江西", "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶"),
    ("山东", "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽"),
    ("河南", "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店"),
    ("湖北", "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施"),
    ("湖南", "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西"),
    ("广东", "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 "
             "阳江 清远 东莞 中山 潮州 揭阳 云浮"),
    ("广西", "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左"),
    ("海南", "海口 三亚 三沙 儋州"),
    ("四川", "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳"),
    ("贵州", "贵阳 六盘水 遵义 安顺 毕节 铜仁"),
    ("云南", "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 大理 红河 楚雄"),
    ("西藏", "拉萨 日喀则 昌都 林芝 山南 那曲"),
    ("陕西", "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛"),
    ("甘肃", "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南"),
    ("青海", "西宁 海东"),
    ("宁夏", "银川 石嘴山 吴忠 固原 中卫"),
    ("新疆", "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 伊犁 石河子 库尔勒 阿克苏 喀什"),
)  # fmt: skip
_LATIN = (
    ("china", "中国"), ("prc", "中国"), ("beijing", "北京"), ("shanghai", "上海"), ("tianjin", "天津"),
    ("chongqing", "重庆"), ("hongkong", "香港"), ("hk", "香港"), ("macau", "澳门"), ("taiwan", "台湾"),
    ("shenzhen", "深圳"), ("guangzhou", "广州"), ("hangzhou", "杭州"), ("ningbo", "宁波"), ("suzhou", "苏州"),
    ("nanjing", "南京"), ("wuhan", "武汉"), ("xiamen", "厦门"), ("qingdao", "青岛"), ("zhejiang", "浙江"),
    ("jiangsu", "江苏"), ("guangdong", "广东"), ("shandong", "山东"),
)  # fmt: skip

EVERYWHERE = "中国"
_PROVINCE_OF = {city: province for province, cities in _CITIES for city in cities.split()}
_NAMES = sorted({EVERYWHERE, *_PROVINCE_OF, *(province for province, _ in _CITIES)}, key=len, reverse=True)
_SUFFIX = r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)?"
_PREFIX = re.compile(f"({'|'.join(_NAMES)}){_SUFFIX}")
_LATIN_NAMES = dict(_LATIN)


def leading(text: str) -> tuple[str, str] | None:
    """The region that `text` begins with and the rest of it, or None: 惠州市远山 gives (惠州, 远山)."""
    found = _PREFIX.match(text)
    return (found[1], text[found.end() :]) if found else None


def whole(text: str) -> str | None:
    """The region that `text` is, all of it, in Chinese or Latin; None when it is something else."""
    found = _PREFIX.fullmatch(text)
    return found[1] if found else _LATIN_NAMES.get(text)


def narrowest(regions: tuple[str, ...]) -> tuple[str, ...]:
    """`regions` without those that contain another of them, sorted: 广东, 深圳 is 深圳."""
    kept = set(regions)
    for region in regions:
        kept.discard(_PROVINCE_OF.get(region, region if region == EVERYWHERE else ""))
    return tuple(sorted(kept)) or tuple(sorted(set(regions)))


def conflict(one: str | None, other: str | None) -> bool:
    """Whether two names place themselves in different regions; a province agrees with its own cities."""
    if not one or not other:
        return False
    return not any(_agree(a, b) for a in one.split() for b in other.split())


def _agree(a: str, b: str) -> bool:
    return a == b or EVERYWHERE in (a, b) or a == _PROVINCE_OF.get(b) or b == _PROVINCE_OF.get(a)
