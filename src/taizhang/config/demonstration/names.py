"""Made-up names. 某省 is no province, its cities are counted by the heavenly stems, and everybody's name holds 演 (as in 演示).

Codes stand on the region 99xxxx, which no office ever issued; telephone numbers begin with 111, which no operator has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random

from stdnum.cn import ric

from taizhang.orgs.codes import MADE_UP_REGIONS, check_character, inner_check_character
from taizhang.orgs.models import Kind

PROVINCE = "某省"
COMMITTEE = f"{PROVINCE}社会组织综合党委"
BUREAU = f"{PROVINCE}民间组织管理局"
FEDERATION = f"{PROVINCE}社会组织联合会"

REGIONS = MADE_UP_REGIONS
CAPITAL_DISTRICTS = {code: name for code, name in REGIONS.items() if code < "990200"}
CITIES = {code: name for code, name in REGIONS.items() if code not in CAPITAL_DISTRICTS}


@dataclass(frozen=True)
class Trade:
    """A trade of the yearly statistics (RULES SO-08), what its associations are about, and who supervises them."""

    name: str
    subjects: str
    endings: tuple[str, ...]
    units: tuple[str, ...]


TRADES = (
    Trade(
        "工商服务",
        "竹编 陶砖 灯具 纸品 玻璃器皿 茶具 蜂蜜 豆制品 伞业 纽扣 香料 木屐 风筝 绳缆 印章 铜器 瓷绘 面点 糖画 毛笔 砚石 漆器 雨具 草编",
        ("行业协会", "商会", "企业促进会"),
        (
            "经济信息化委员会",
            "商务厅",
            "国有资产监督管理委员会",
            "工商业联合会",
            "供销合作社",
            "粮食局",
            "质量技术监督局",
        ),
    ),
    Trade(
        "科技研究",
        "声学 潮汐 晶体 岩芯 测绘仪器 古气候 光谱 微尘 浮力 菌种 齿轮 星图 薄膜 磁石 年轮 静电",
        ("学会", "研究会", "技术协会", "科普促进会"),
        ("科学技术厅", "科学技术协会", "地质矿产局", "测绘局", "地震局", "气象局"),
    ),
    Trade(
        "教育",
        "算盘 朗读 手工 书写 观察 园艺教学 乡土教材 晨读 口语 图画 幼教 夜校 识字 劳作 器乐教学 算学",
        ("教育学会", "教学研究会", "教育促进会"),
        ("教育厅", "教育考试院", "社会科学院"),
    ),
    Trade(
        "卫生",
        "推拿 草药 齿科 眼保健 助产 康复器具 听力 步态 睡眠 食疗 护理 针具 体检 血压 导诊 营养",
        ("医学会", "保健协会", "护理学会"),
        ("卫生厅", "食品药品监督管理局", "中医药管理局", "红十字会"),
    ),
    Trade(
        "社会服务",
        "助老 助残 邻里 陪诊 寻亲 义工 护幼 送餐 夜归 临终关怀 社工 拥军 修缮 调解 家政 旧物",
        ("服务促进会", "志愿服务协会", "互助会"),
        ("民政厅", "残疾人联合会", "妇女联合会", "老龄工作委员会", "总工会", "扶贫办公室"),
    ),
    Trade(
        "文化",
        "皮影 灯谜 剪纸 山歌 楹联 木偶 说书 脸谱 年画 拓片 篆刻 埙乐 鼓书 石雕 泥塑 戏服",
        ("文化研究会", "艺术家协会", "收藏协会"),
        ("文化厅", "文学艺术界联合会", "新闻出版局", "广播电影电视局", "文物局", "旅游局"),
    ),
    Trade(
        "体育",
        "毽球 空竹 舞龙 跳绳 龙舟 陀螺 定向 风火轮 石锁 跳房 象棋 滚环 钓鱼 拔河 登高 踢踏",
        ("运动协会", "体育俱乐部联合会"),
        ("体育局", "青年联合会"),
    ),
    Trade(
        "生态环境",
        "湿地 溪流 候鸟 护林 蛙类 清滩 土壤 萤火虫 山泉 落叶 荒坡 雨水 古树 苔藓",
        ("保护协会", "生态促进会"),
        ("环境保护厅", "林业厅", "水利厅", "国土资源厅"),
    ),
    Trade(
        "法律",
        "公证实务 仲裁 普法 调处 法律援助 法制史 鉴定 合同 立法 社区矫正",
        ("法学研究会", "服务协会"),
        ("司法厅", "法学会", "公安厅", "工商行政管理局"),
    ),
    Trade(
        "农业农村",
        "稻作 桑蚕 莲藕 山羊 菌菇 油茶 梨果 水车 耕牛 草莓 蜜桃 芋头 荞麦 鱼苗 种鹅 竹笋",
        ("产业协会", "农技协会", "合作促进会"),
        ("农业委员会", "畜牧局", "农垦局", "移民局"),
    ),
    Trade(
        "职业从业",
        "图书管理员 速记员 厨师 美工 会计 翻译 造价师 调音师 育婴师 茶艺师 秘书 统计员",
        ("从业者协会", "职业促进会"),
        ("人力资源和社会保障厅", "财政厅", "统计局", "审计厅", "住房和城乡建设厅", "交通运输厅"),
    ),
    Trade(
        "国际涉外",
        "侨眷 友城 海外校友 译介 侨商 民间交往 归国学人 远洋",
        ("联谊会", "交流协会"),
        ("外事办公室", "侨务办公室", "台湾事务办公室"),
    ),
    Trade(
        "其他",
        "家谱 地名 方志 度量衡 邮票 钱币 楼梯 门牌 老照片 历法",
        ("研究会", "爱好者协会"),
        (
            "档案局",
            "地方志办公室",
            "民族事务委员会",
            "宗教事务局",
            "机关事务管理局",
            "安全生产监督管理局",
            "物价局",
            "人民防空办公室",
        ),
    ),
)
SUPERVISING = tuple(dict.fromkeys(unit for trade in TRADES for unit in trade.units))
QUALIFIERS = ("", "民间", "青年", "新兴", "乡土", "传统", "城乡", "现代")


def association_names(trade: Trade) -> Iterator[str]:
    for qualifier, ending, subject in product(QUALIFIERS, trade.endings, trade.subjects.split()):
        yield f"{PROVINCE}{qualifier}{subject}{ending}"


def service_names(trade: Trade) -> Iterator[str]:
    endings = {"教育": "培训学校", "卫生": "康复中心", "体育": "俱乐部", "文化": "展览馆", "科技研究": "研究院"}
    ending = endings.get(trade.name, "服务中心")
    for qualifier, place, subject in product(QUALIFIERS, CAPITAL_DISTRICTS.values(), trade.subjects.split()):
        yield f"{PROVINCE}{place[:2]}{qualifier}{subject}{ending}"


def foundation_names(trade: Trade) -> Iterator[str]:
    for first, second in product("演示", "山川云水松竹禾田石溪"):
        for subject in trade.subjects.split()[:4]:
            yield f"{PROVINCE}{first}{second}{subject}公益基金会"


MAKERS = {Kind.ASSOCIATION: association_names, Kind.SERVICE: service_names, Kind.FOUNDATION: foundation_names}

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
GIVEN = "山川云水松竹禾田石溪舟桥灯书砚墨琴棋帆叶林泉谷岭原野星月晨暮春秋冬夏安宁和平"


def people_names(random: Random) -> Iterator[str]:
    """Some twelve hundred distinct ones, then the same again: two people may bear one name."""
    names = [f"{surname}演{given}" for surname, given in product(SURNAMES, GIVEN)]
    random.shuffle(names)
    while True:
        yield from names


def organization_code(kind: str, number: int) -> str:
    """A unified social credit code that checks, of a region that is none."""
    prefix = {Kind.ASSOCIATION: "51", Kind.SERVICE: "52", Kind.FOUNDATION: "53"}[Kind(kind)]
    inner = f"Y{number:07d}"
    first = f"{prefix}990000{inner}{inner_check_character(inner)}"
    return first + check_character(first)


def id_number(born_on: date, number: int, *, female: bool) -> str:
    """A resident ID number that checks, of a region that is none; `number` tells those born on one day apart."""
    first = f"9901{number // 500 % 100:02d}{born_on:%Y%m%d}{number % 500 * 2 + (0 if female else 1):03d}"
    return first + ric.calc_check_digit(first + "0")


def telephone(number: int) -> str:
    return f"111{number:08d}"
