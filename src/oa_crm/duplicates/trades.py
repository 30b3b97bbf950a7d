"""Words which say what a company does and never who it is: 科技, 商贸, 百货.

They tell a brand from its trade: where only such words follow a region, the region is the brand (重庆百货).
The list is short on purpose; a missing word makes a brand longer, a wrong one would eat a brand.
"""

import re

_TRADES = (
    "控股 投资 实业 产业 发展 管理 资产 资本 金融 证券 银行 农村商业 商业 信托 保险 基金 期货 担保 融资 "
    "租赁 典当 财务 科技 技术 信息 网络 软件 数据 数字 智能 电子 通信 通讯 光电 半导体 微电子 集成电路 "
    "计算机 系统 系统集成 互联 物联网 制造 机械 设备 装备 重工 精工 精密 仪器 仪表 电气 电器 电缆 电机 "
    "自动化 机器人 模具 五金 轴承 阀门 工具 汽车 零部件 汽车零部件 配件 船舶 航空 航天 轨道交通 能源 "
    "新能源 清洁能源 电力 热电 燃气 石油 石化 煤业 煤炭 矿业 钢铁 有色 金属 稀土 材料 新材料 化工 化学 "
    "化纤 塑料 橡胶 塑胶 纤维 纺织 服饰 服装 鞋业 皮革 家纺 家居 家具 建材 水泥 玻璃 陶瓷 建设 建筑 工程 "
    "装饰 装修 设计 规划 地产 房地产 置业 开发 物业 园林 环保 环境 水务 水利 节能 生态 农业 农牧 牧业 "
    "渔业 种业 食品 饮料 乳业 酒业 啤酒 茶业 粮油 餐饮 酒店 旅游 医药 制药 药业 生物 生物科技 医疗 "
    "医疗器械 医学 健康 健康产业 养老 化妆品 日化 百货 商贸 贸易 国际贸易 进出口 国际 商务 电子商务 超市 "
    "连锁 零售 供应链 物流 运输 货运 航运 港口 机场 高速公路 交通 传媒 文化 广告 影视 教育 培训 出版 印刷 "
    "包装 体育 娱乐 咨询 顾问 企业管理 企业 服务 人力资源 检测 检验 安防 安全 消防 动力 照明 股份 集团 总 "
    "产品 用品 制品 经营 营销 策划 销售 股权投资 创业投资 光伏 锂电 电池 储能 芯片 激光 传感 测控 印务 "
    "纸业 铝业 铜业 锌业 钛业 铝材 线缆 电线 管业 门窗 涂料 化肥 农机 精机 兽药 饲料 肉业 水产 冷链 快递 "
    "仓储 会展 公关 人才 劳务 医院 诊所 大药房 药房 书店 眼镜 珠宝 黄金 钟表 玩具 文具 乐器 礼品 家电 "
    "空调 制冷 暖通 电梯 起重 焊接 铸造 锻造 表面处理 热处理 轮胎 车业 客车 造船 船务 国际物流 货运代理 "
    "国际货运代理 报关 航运服务 环境科技 环保科技 信息技术 网络科技 电子科技 文化传播 文化传媒 智能科技 "
    "自动化设备 工业 农产品 食品科技 餐饮管理 酒店管理 物业管理 投资管理"
)
_ONE = "|".join(sorted(_TRADES.split(), key=len, reverse=True))
_ONLY = re.compile(f"(?:{_ONE})+")
_TAIL = re.compile(f"(?:{_ONE})+$")


def only_trades(text: str) -> bool:
    """Whether `text` is made of such words and nothing else."""
    return _ONLY.fullmatch(text) is not None


def brand(core: str) -> str:
    """`core` without the trade words at its end; all of it where less than two characters would remain."""
    found = _TAIL.search(core, 2)
    return core[: found.start()] if found else core
