"""Words that fictitious company names are made of: characters and words that real names use, no real company's.

Each table is ordered by how common its entries are; `firms` draws the first ones more often.
"""

CHARACTERS = (
    "华天金中新大海东瑞恒鑫盛达泰德信安丰宏博龙源嘉科美兴凯荣利明文亚联创诚智万正富顺宇杰伟通益祥永建和康晨旭昌飞光森林云"
    "卓尚朗欧贝景思航腾奥蓝远浩川皇鼎冠邦优迪特圣时南北方子艾赛麦百格洋帆悦启彩瀚众星润佳成锦力国宝江山河福隆合元汇佰世"
    "立丽亿易鸿弘峰锋风辰宸晟胜睿锐欣馨铭鸣志致至同桐一三九千巨鹏翔凌雅乐春秋月阳扬禾农绿清青红紫银铜铁石玉钰珠宜怡毅"
    "逸艺竹松柏梅兰莲荷菊桂枫树木水火土田园城都市州京沪苏浙粤川湘鲁晋齐楚吴越汉唐宋秦赵韩魏燕周长高广深厚实真善仁义礼孝"
    "忠勇勤俭学知行道法理名望誉佑祺麒琪奇骏马牛羊虎豹狮象鹤凤凰燕鹰雁鱼鲸鲲象棋琴书画诗歌音声色味香甜蜜果茶米面油盐糖"
    "酒食衣住家居室房屋楼阁台亭桥路车船舟轮机电力能量动感应用品质尊贵豪爵王帝皇后公主人杰才俊英雄豪侠客友朋伴侣爱情心意"
    "念想梦幻奇迹神话传说纪元年代曦晖晗昊昕晶晔煜炜焱灿烨辉耀曜朝暮晓夜昼初始终极致卡迈斯诺威尔克拉罗曼菲索尼维雷登顿普"
)
BRAND_LENGTHS = {2: 58, 3: 24, 4: 18}

# (province, its cities, some county-level cities or districts); the first entries have the most companies.
PLACES = (
    ("广东", "深圳 广州 东莞 佛山 中山 惠州 珠海 汕头 江门 湛江", "普宁 四会 陆丰"),
    ("上海", "", "嘉定 松江 奉贤"),
    ("北京", "", "海淀 密云 怀柔"),
    ("江苏", "苏州 南京 无锡 常州 南通 徐州 扬州 盐城 泰州 镇江", "昆山 江阴 常熟 宜兴 太仓 丹阳"),
    ("浙江", "杭州 宁波 温州 绍兴 嘉兴 金华 台州 湖州", "义乌 慈溪 余姚 海宁 乐清 瑞安"),
    ("山东", "青岛 济南 烟台 潍坊 临沂 淄博 济宁 威海", "寿光 龙口 邹平"),
    ("四川", "成都 绵阳 德阳 宜宾 泸州", "都江堰 彭州"),
    ("河南", "郑州 洛阳 新乡 南阳 许昌", "长垣 巩义"),
    ("福建", "厦门 福州 泉州 漳州", "晋江 石狮 南安"),
    ("湖北", "武汉 宜昌 襄阳 荆州", "仙桃 大冶"),
    ("湖南", "长沙 株洲 湘潭 岳阳", "浏阳 宁乡"),
    ("河北", "石家庄 唐山 保定 廊坊 沧州", "霸州 任丘"),
    ("安徽", "合肥 芜湖 蚌埠 马鞍山", "天长 宁国"),
    ("重庆", "", "永川 璧山"),
    ("辽宁", "沈阳 大连 鞍山 营口", "海城"),
    ("天津", "", "静海 武清"),
    ("陕西", "西安 宝鸡 咸阳", "神木"),
    ("江西", "南昌 赣州 九江 上饶", "瑞金"),
    ("广西", "南宁 柳州 桂林", "横州"),
    ("云南", "昆明 曲靖 玉溪", "瑞丽"),
    ("山西", "太原 大同 长治", "孝义"),
    ("贵州", "贵阳 遵义", "仁怀"),
    ("黑龙江", "哈尔滨 大庆", "五常"),
    ("吉林", "长春 吉林", "梅河口"),
    ("内蒙古", "呼和浩特 包头 鄂尔多斯", "丰镇"),
    ("新疆", "乌鲁木齐 克拉玛依", "库尔勒"),
    ("甘肃", "兰州 天水", "敦煌"),
    ("海南", "海口 三亚", "文昌"),
    ("宁夏", "银川", "灵武"),
    ("青海", "西宁", "格尔木"),
    ("西藏", "拉萨", ""),
)
MUNICIPALITIES = frozenset(("北京", "上海", "天津", "重庆"))
PROVINCE_ENDS = {
    "广西": "壮族自治区",
    "内蒙古": "自治区",
    "新疆": "维吾尔自治区",
    "宁夏": "回族自治区",
    "西藏": "自治区",
}

_TRADE_WORDS = (
    "科技 商贸 贸易 电子 实业 建筑工程 机械 信息技术 网络科技 电子科技 投资 建材 文化传播 物流 机械设备 "
    "装饰工程 食品 科技发展 广告 咨询 化工 服饰 "
    "汽车销售 生物科技 国际贸易 物业管理 餐饮管理 环保科技 智能科技 自动化设备 "
    "医疗器械 房地产开发 电子商务 包装材料 塑料制品 五金制品 新能源 新材料 软件 农业发展 企业管理咨询 投资管理 电气 "
    "金属制品 精密机械 供应链管理 医药 旅游 教育科技 家具 运输 劳务 纺织品 汽车零部件 光电 通信技术 节能科技 园林绿化 "
    "机电设备 印刷 酒店管理 化妆品 仪器仪表 电力工程 数据科技 传媒 融资租赁 股权投资基金管理 水产 石油化工 半导体 "
    "集成电路 航空科技 轨道交通装备 钢铁 煤炭运销 粮油 茶业 珠宝 陶瓷 玻璃 橡胶制品 模具 轴承 阀门 电缆 安防技术 "
    "消防工程 检测技术 知识产权代理 人力资源 会展服务 货运代理 冷链物流 乳业 饲料 种业 兽药 生态农业 渔业 养老服务"
)
TRADES = tuple(_TRADE_WORDS.split())
FORMS = {"有限公司": 74, "有限责任公司": 10, "股份有限公司": 8, "集团有限公司": 4, "集团股份有限公司": 1, "厂": 3}

_SYLLABLE_WORDS = (
    "ar bel cor dan el far gen hel in jor kal lan mer nov or "
    "pal quin ros sol tan ul ver win xen yor zan al bri cal dor "
    "en fen gal hart ion jas ker lor mon nor os per ran sil ter "
    "un val wes ax bor cen del ev fol gra hol is kin lex mag "
    "nel ol pri rex sta tri ur vex wal zet am ber cle dra eth flo gri hov ig kes lum mil nex ot plu rid sen tor vi wyn"
)
SYLLABLES = tuple(_SYLLABLE_WORDS.split())
_LATIN_TRADE_WORDS = (
    "Technology|Electronics|Systems|Trading|Industries|International|Engineering|Solutions|Technologies|Industrial|"
    "Automation|Communications|Software|Machinery|Medical|Energy|Logistics|Instruments|Networks|Materials|Chemical|"
    "Semiconductor|Optics|Precision|Manufacturing|Pharma|Foods|Textile|Motors|Electric|Robotics|Consulting|Controls|"
    "Import & Export|Power Systems|Data Systems|Micro Devices|Packaging|Metal Products|Auto Parts"
)
LATIN_TRADES = tuple(_LATIN_TRADE_WORDS.split("|"))
LATIN_FORMS = {
    "Co., Ltd.": 34, "Ltd": 10, "Limited": 8, "Inc.": 14, "GmbH": 9, "Corporation": 6, "LLC": 6, "S.A.": 3, "AG": 2,
    "B.V.": 2, "S.p.A.": 1, "Pte Ltd": 2, "AB": 1, "Oy": 1, "Pty Ltd": 1,
}  # fmt: skip
LATIN_CITIES = (
    "Shenzhen", "Shanghai", "Beijing", "Guangzhou", "Hangzhou", "Ningbo", "Suzhou", "Nanjing", "Wuhan",
    "Xiamen", "Qingdao",
)  # fmt: skip
PUBLIC_MAIL = ("163.com", "qq.com", "126.com", "sina.com", "gmail.com")
