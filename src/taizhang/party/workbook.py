"""The table of this register: 党组织与覆盖, and why there is none."""

from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.values import Choice, Code, Day, Text
from taizhang.party import intake
from taizhang.party.rules import WHO

LEVEL = Choice(
    ("committee", "党委", "基层党委", "党的委员会"),
    ("general_branch", "党总支", "党总支部", "总支", "总支部"),
    ("branch", "党支部", "支部", "联合党支部", "联合支部"),
)
NATURE = Choice(
    ("formal", "正式", "正式党组织"),
    ("temporary", "临时", "临时党组织", "临时党支部"),
    ("functional", "功能型", "功能性", "功能型党组织", "功能型党支部"),
    ("mobile", "流动", "流动党组织", "流动党员党支部"),
)
FORM = Choice(
    ("single", "单独组建", "单独", "独立组建", "单建"),
    ("joint_trade", "联合组建（行业）", "行业联合", "行业", "联合（行业）"),
    ("joint_region", "联合组建（区域）", "区域联合", "区域", "片区", "联合（区域）"),
    ("attached", "依托组建", "依托", "挂靠", "挂靠组建"),
)
REASON = Choice(
    ("should_have", "应建未建"),
    ("too_few", "正式党员不足", "不足三名党员", "不足3名党员", "党员不足3人", "党员不足三人"),
    ("no_member", "无党员", "没有党员"),
    ("elsewhere", "党员组织关系不在本单位", "组织关系不在本单位"),
    ("other", "其他"),
)

party_organisations = Sheet(
    path="party.workbook:party_organisations",
    title="党组织与覆盖",
    about="一行一家被覆盖的社会组织：联合支部覆盖几家就写几行，党组织名称相同。没有党组织的社会组织，党组织名称留空，填未建原因。",
    roles=WHO["establish"],
    examine=intake.examine,
    enter=intake.enter,
    undone=intake.undone,
    columns=(
        Column("organization", "社会组织名称", synonyms=("所覆盖社会组织", "覆盖社会组织", "覆盖的社会组织", "单位名称", "organization"), key=True, hint="与信用代码至少填一项。", example="云岭省兰花协会"),
        Column("organization_code", "统一社会信用代码", Code(), synonyms=("信用代码", "社会组织信用代码", "uscc")),
        Column("name", "党组织名称", synonyms=("党支部名称", "党组织全称", "所属党组织", "party_organization", "name"), key=True, hint="批复中的全称；没有党组织的留空。", example="中共云岭省兰花协会支部"),
        Column("level", "党组织层级", LEVEL, synonyms=("层级", "党组织类型", "党组织类别", "level"), hint="留空时按名称末尾认。"),
        Column("nature", "党组织性质", NATURE, synonyms=("性质", "nature"), hint="留空为“正式”。"),
        Column("form", "组建形式", FORM, synonyms=("组建方式", "覆盖形式", "form"), hint="只覆盖一家的可留空，按单独组建。"),
        Column("superior", "上级党组织所在单位", Text(single=True), synonyms=("隶属单位", "上级单位", "上级党组织", "隶属关系", "superior"), key=True, hint="留空为导入人所在单位。", example="云岭省社会组织综合党委"),
        Column("established_on", "成立日期", Day(), synonyms=("批准日期", "批复日期", "成立时间", "党组织成立日期", "组建日期", "established_on"), example="2017-08-25"),
        Column("covered_on", "覆盖起始日期", Day(), synonyms=("覆盖日期", "covered_on"), hint="留空为成立日期。"),
        Column("approved_by", "批准机关", synonyms=("批准单位", "审批机关")),
        Column("approval", "批复文号", synonyms=("文号", "批准文号")),
        Column("reason", "未建原因", REASON, synonyms=("未建党组织原因", "未组建原因", "没有党组织的原因", "reason"), hint="只在没有党组织时填。"),
        Column("remark", "未建说明", synonyms=("说明", "备注")),
    ),
)  # fmt: skip
