from taizhang.imports import header
from taizhang.imports.sheet import Column
from taizhang.imports.values import Day

COLUMNS = (
    Column("name", "社会组织名称", synonyms=("单位名称", "名称", "inst_nm"), required=True),
    Column("uscc", "统一社会信用代码", synonyms=("信用代码",), required=True),
    Column("supervisor", "业务主管单位", synonyms=("主管单位", "spv_dept")),
    Column("founded_on", "成立日期", Day(), synonyms=("成立时间", "est_date")),
    Column("contact", "联系人姓名", synonyms=("联系人",)),
    Column("phone", "联系电话", synonyms=("联系人电话",)),
)
HEADINGS = header.Headings(COLUMNS)


def found(*rows):
    numbered = [[str(number), *row] for number, row in enumerate(rows, start=1) if any(row)]
    return header.find("表", numbered, HEADINGS)


def test_english_headings_after_a_nameless_number_column():
    result = found(["", "inst_nm", "USCC", "spv_dept", "est_date"], ["0", "甲会", "53", "民政部", "1996-12-30"])
    assert (result.last_row, result.mapping) == (1, {1: "name", 2: "uscc", 3: "supervisor", 4: "founded_on"})


def test_titles_above_and_two_merged_rows_and_a_row_of_codes():
    result = found(
        ["2017年度社会组织台账"],
        ["填报单位：云岭省某厅", "", "", "", "2017年12月"],
        ["序号", "单位名称", "信用代码（18位）", "联系人", ""],
        ["", "", "", "姓名", "电话"],
        ["1", "2", "3", "4", "5"],
        ["1", "兰花协会", "5134", "张三", "0551"],
    )
    assert result.last_row == 5
    assert result.mapping == {1: "name", 2: "uscc", 3: "contact", 4: "phone"}


def test_three_and_four_merged_rows():
    three = found(
        ["基本情况", "", "", ""],
        ["登记信息", "", "主管信息", ""],
        ["单位名称", "信用代码", "主管单位", "成立时间"],
        ["兰花协会", "5134", "农业厅", "1996-12-30"],
    )
    assert (three.last_row, set(three.mapping.values())) == (3, {"name", "uscc", "supervisor", "founded_on"})
    four = found(
        ["基本情况", "", "", "", ""],
        ["登记信息", "", "主管信息", "联络", ""],
        ["单位名称", "信用代码", "主管单位", "联系人", ""],
        ["", "", "", "姓名", "电话"],
        ["兰花协会", "5134", "农业厅", "张三", "0551"],
    )
    assert (four.last_row, set(four.mapping.values())) == (4, {"name", "uscc", "supervisor", "contact", "phone"})


def test_codes_in_english_below_the_chinese_are_not_data():
    result = found(["*社会组织名称", "统一社会信用代码："], ["name", "uscc"], ["兰花协会", "5134"])
    assert (result.last_row, result.mapping) == (2, {0: "name", 1: "uscc"})


def test_stars_blanks_width_and_brackets_in_headings_do_not_matter():
    result = found(["＊单 位 名 称", "信用代码（必填）", "成立时间(年月日)"])
    assert result.mapping == {0: "name", 1: "uscc", 2: "founded_on"}


def test_a_table_of_something_else_has_no_heading():
    assert found(["商品", "价格"], ["苹果", "3"]) is None
    assert found(["随便写的一段说明"]) is None


def test_one_heading_twice_is_taken_once():
    assert found(["单位名称", "信用代码", "名称"]).mapping == {0: "name", 1: "uscc"}


def test_the_same_headings_have_the_same_digest_whatever_stands_above_them():
    plain = found(["单位名称", "信用代码"], ["兰花协会", "5134"])
    titled = found(["台账"], ["单位名称 ", "信用代码："], ["桥梁学会", "5135"])
    assert plain.digest == titled.digest
    assert plain.digest != found(["单位名称", "信用代码", "备用"]).digest


def test_totals_notes_and_signatures_are_not_rows():
    assert header.is_remark(["合计", "", "12"])
    assert header.is_remark(["注：本表由各单位填写", "", ""])
    assert header.is_remark(["填表人：张三", "", "审核人：李四"])
    assert not header.is_remark(["注册会计师协会", "5134", "财政厅", "1996-12-30"])
    assert not header.is_remark(["兰花协会", "", ""])


def test_a_heading_repeated_on_every_printed_page_is_not_a_row():
    first = found(["单位名称", "信用代码", "主管单位"], ["兰花协会", "5134", "农业厅"])
    assert header.is_heading_again(["单位名称", "信用代码", "主管单位"], first, HEADINGS)
    assert not header.is_heading_again(["兰花协会", "5134", "农业厅"], first, HEADINGS)
