"""The table of this register: 人员与党员, who works where, where relations are held, who holds which post."""

from taizhang.imports.sheet import Column, Sheet
from taizhang.imports.values import YES_NO, Choice, Code, Day, Text
from taizhang.members import entering, intake
from taizhang.members.readers import IdNumber
from taizhang.members.rules import WHO

SEX = Choice(("female", "女", "女性", "F"), ("male", "男", "男性", "M"), ("unknown", "未知"))
EDUCATION = Choice(
    ("postgraduate", "研究生", "硕士", "博士", "硕士研究生", "博士研究生"),
    ("bachelor", "大学本科", "本科", "大学"),
    ("college", "大学专科", "大专", "专科"),
    ("secondary", "中专、高中", "中专", "高中", "职高", "技校"),
    ("basic", "初中及以下", "初中", "小学"),
    ("unknown", "未知"),
)
EMPLOYMENT = Choice(
    ("full_time", "专职", "全职", "专职人员"),
    ("part_time", "兼职", "兼职人员"),
    ("officer", "负责人（不驻会）", "负责人", "不驻会负责人"),
)
STANDING = Choice(
    ("full", "正式党员", "中共党员", "党员", "01"),
    ("probationary", "预备党员", "中共预备党员", "02"),
    ("none", "不是党员", "群众", "非党员", "13"),
)
OUTSIDE = Choice(
    ("street", "街道社区", "街道", "社区", "居住地"),
    ("employer", "原单位", "原工作单位"),
    ("supervisor", "业务主管单位", "主管单位"),
    ("other", "其他"),
)
POSITION = Choice(
    ("secretary", "书记", "党支部书记", "支部书记"),
    ("deputy", "副书记"),
    ("organisation", "组织委员"),
    ("publicity", "宣传委员"),
    ("discipline", "纪检委员"),
    ("member", "委员"),
)

people = Sheet(
    path="members.workbook:people",
    title="人员与党员",
    about="一行一个人。身份证号加密保存；组织关系在外单位的党员不填身份证号。已在台账中的，填了的列与台账不同才更改。",
    about_people=True,
    roles=WHO["add"],
    examine=intake.examine,
    enter=entering.enter,
    undone=entering.undone,
    columns=(
        Column("name", "姓名", Text(longest=60), synonyms=("人员姓名", "党员姓名", "name"), required=True, key=True, example="林某"),
        Column("id_number", "身份证号", IdNumber(), synonyms=("身份证号码", "公民身份号码", "身份证", "证件号码", "id_number"), protected=True, hint="18位；组织关系在外单位的留空。"),
        Column("sex", "性别", SEX, synonyms=("sex",)),
        Column("born_on", "出生日期", Day(), synonyms=("出生年月", "出生年月日", "born_on"), hint="填了身份证号的可留空。"),
        Column("education", "学历", EDUCATION, synonyms=("文化程度", "education")),
        Column("telephone", "联系电话", Code(), synonyms=("电话", "手机", "手机号", "手机号码", "telephone"), protected=True),
        Column("organization", "从业社会组织", synonyms=("社会组织名称", "所在社会组织", "工作单位", "所在单位", "从业单位", "organization"), key=True, example="云岭省兰花协会"),
        Column("organization_code", "统一社会信用代码", Code(), synonyms=("社会组织信用代码", "信用代码", "uscc")),
        Column("employment", "用工", EMPLOYMENT, synonyms=("用工形式", "专兼职", "从业形式", "employment"), hint="留空为专职。"),
        Column("title", "职务", Text(longest=40), synonyms=("行政职务", "社会组织职务", "岗位", "title"), example="秘书长"),
        Column("is_management", "中层以上", YES_NO, synonyms=("是否中层以上", "中层以上管理职务")),
        Column("engaged_on", "从业起始日期", Day(), synonyms=("到岗日期", "入职日期", "任职日期", "engaged_on")),
        Column("standing", "党员类别", STANDING, synonyms=("政治面貌", "党员身份", "人员类别", "standing")),
        Column("party_organization", "所在党组织", synonyms=("党组织名称", "组织关系所在党组织", "所在党支部", "党支部", "party_organization"), key=True, hint="组织关系在本系统的党组织的填这里。"),
        Column("outside", "外单位党组织", synonyms=("组织关系所在单位", "外部党组织", "组织关系所在地", "outside"), hint="组织关系在街道、原单位等的填这里。"),
        Column("outside_kind", "外单位类别", OUTSIDE, synonyms=("组织关系类别",)),
        Column("held_on", "组织关系起始日期", Day(), synonyms=("转入日期", "组织关系转入日期", "held_on")),
        Column("joined_on", "入党日期", Day(), synonyms=("入党时间", "加入中共组织时间", "joined_on")),
        Column("full_since", "转正日期", Day(), synonyms=("转正时间", "转为正式党员日期", "full_since")),
        Column("position", "党内职务", POSITION, synonyms=("党组织职务", "党务职务", "支部职务", "position")),
        Column("position_since", "任党内职务日期", Day(), synonyms=("党内任职日期", "任职起始日期")),
        Column("term_ends_on", "任期届满日期", Day(), synonyms=("届满日期", "任期届满")),
    ),
)  # fmt: skip
