"""The tables of this register: 社会组织 and 单位."""

from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.values import WARNING, YES_NO, Choice, Code, Day, Number, Text
from taizhang.orgs import entering, intake, intake_units
from taizhang.orgs.readers import CreditCode, RegionCode
from taizhang.orgs.rules import WHO

KIND = Choice(
    ("association", "社会团体", "社团", "社会团体法人"),
    ("service", "民办非企业单位（社会服务机构）", "民办非企业单位", "社会服务机构", "民非", "民办非企业"),
    ("foundation", "基金会", "基金会法人"),
    ("unknown", "未知"),
)
LEVEL = Choice(
    ("national", "部级", "国家级", "全国性", "民政部"),
    ("province", "省级", "省本级", "省"),
    ("city", "市级", "市本级", "地市级", "市"),
    ("county", "县级", "县", "区级", "县（市、区）级", "区县级"),
    ("unknown", "未知"),
)
MODE = Choice(
    ("direct", "直接登记", "直登", "直接登记类"),
    ("dual", "双重管理", "双管", "业务主管", "双重管理类"),
    ("decoupled", "已脱钩", "脱钩", "脱钩类", "完成脱钩"),
    ("unknown", "未知"),
)
STATUS = Choice(
    ("normal", "正常", "存续", "在册", "有效"),
    ("cancelled", "注销", "已注销"),
    ("revoked", "撤销登记", "撤销", "已撤销"),
    ("licence_revoked", "吊销证书", "吊销", "已吊销"),
)

organisations = Sheet(
    path="orgs.workbook:organisations",
    title="社会组织",
    about="一行一家社会组织。有统一社会信用代码的按代码认，没有的按名称认；已在台账中的，填了的列与台账不同才更改，空着的列不动。",
    roles=WHO["register"],
    examine=intake.examine,
    enter=entering.enter,
    undone=entering.undone,
    columns=(
        Column(
            "name",
            "社会组织名称",
            synonyms=("名称", "单位名称", "组织名称", "机构名称", "社会组织", "社团名称", "inst_nm", "organization", "organisation"),
            required=True,
            key=True,
            hint="登记证书上的全称。",
            example="云岭省兰花协会",
        ),
        Column(
            "code",
            "统一社会信用代码",
            CreditCode(),
            synonyms=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "uscc", "credit_code"),
            hint="18位，对照登记证书填写；还没有换发代码的留空。",
            example="51340000MJ9000012Y",
        ),
        Column("kind", "类型", KIND, synonyms=("社会组织类型", "组织类型", "类别", "kind", "type"), hint="留空时按信用代码第1–2位认。"),
        Column(
            "responsible",
            "业务主管单位",
            Text(single=True),
            synonyms=("主管单位", "业务主管部门", "主管部门", "责任单位", "业务指导单位", "spv_dept", "supervisor"),
            key=True,
            hint="双重管理的填业务主管单位；直接登记、已脱钩的由综合党委负责，留空。",
            example="云岭省农业厅",
        ),
        Column("mode", "登记体制", MODE, synonyms=("管理体制", "登记管理体制", "登记方式", "mode"), hint="留空为“未知”，不作推断。"),
        Column(
            "registrar",
            "登记管理机关",
            Text(single=True),
            synonyms=("登记机关", "发证机关", "registrar"),
            key=True,
            hint="颁发登记证书的民政部门。",
            example="云岭省民政厅",
        ),
        Column(
            "registered_on",
            "成立日期",
            Day(),
            synonyms=("登记日期", "成立时间", "登记时间", "成立登记日期", "发证日期", "est_date", "registered_on"),
            hint="写成 1996-12-30。",
            example="1996-12-30",
        ),
        Column("region", "行政区划代码", RegionCode(), synonyms=("行政区划", "区划代码", "所属区划", "region"), hint="6位；留空时取信用代码第3–8位。", example="340000"),
        Column("trade", "行业", Text(longest=60), synonyms=("行业分类", "所属行业", "行业类别", "活动领域", "trade", "industry"), example="农业及农村发展"),
        Column("level", "登记层级", LEVEL, synonyms=("层级", "级别", "登记级别", "level"), hint="留空时按行政区划代码认。"),
        Column("status", "状态", STATUS, synonyms=("登记状态", "组织状态", "存续状态", "status"), hint="留空为“正常”。"),
        Column("struck_off_on", "注销日期", Day(), synonyms=("注销（撤销、吊销）日期", "撤销日期", "吊销日期", "注销时间"), hint="状态不是“正常”时必填。"),
        Column("full_time", "专职人员数", Number(), synonyms=("专职人员", "专职工作人员数", "从业人员数", "从业人员", "职工人数", "staff"), example="12"),
        Column("part_time", "兼职人员数", Number(), synonyms=("兼职人员", "兼职工作人员数")),
        Column("leaders", "负责人数", Number(), synonyms=("负责人人数",)),
        Column("party_members", "党员人数", Number(), synonyms=("党员数", "党员", "中共党员数"), example="3"),
        Column("applicants", "入党申请人数", Number(), synonyms=("入党申请人",)),
        Column("has_union", "有无工会", YES_NO, synonyms=("工会", "是否建立工会")),
        Column("has_youth_league", "有无共青团", YES_NO, synonyms=("共青团", "团组织", "是否建立团组织")),
        Column("has_womens_federation", "有无妇联", YES_NO, synonyms=("妇联", "妇联组织", "是否建立妇联组织")),
        Column("entered_on", "录入日期", Day(), synonyms=("录入时间", "入库日期"), hint="留空为导入所定的日期。"),
    ),
)  # fmt: skip

UNIT_KIND = Choice(
    ("supervising", "业务主管单位", "主管单位", "主管部门"),
    ("bureau", "登记管理机关", "民政部门", "登记机关"),
    ("street", "街道（乡镇）", "街道", "乡镇"),
    severity=WARNING,
)

units = Sheet(
    path="orgs.workbook:units",
    title="单位",
    about="一行一个业务主管单位、登记管理机关或街道。别名是表格里常见的简称、旧称，导入社会组织时按它认。",
    roles=WHO["keep_units"],
    examine=intake_units.examine,
    enter=intake_units.enter,
    undone=intake_units.undone,
    columns=(
        Column("name", "单位全称", synonyms=("单位名称", "名称", "全称", "主管单位名称", "name"), required=True, key=True, example="云岭省农业厅"),
        Column("kind", "单位类别", UNIT_KIND, synonyms=("类别", "单位类型", "kind"), hint="留空为“业务主管单位”。"),
        Column("code", "单位代码", Code(), synonyms=("代码", "编码", "code"), hint="本省自编的代码，可留空。", example="010"),
        Column("aliases", "简称和旧称", Text(longest=400), synonyms=("别名", "简称", "曾用名", "旧称", "aliases"), hint="几个之间用顿号隔开。", example="省农业厅、云岭省农委"),
        Column("since", "起始日期", Day(), synonyms=("设立日期", "成立日期", "since"), hint="从哪一天起叫这个名称，可留空。"),
    ),
)  # fmt: skip
