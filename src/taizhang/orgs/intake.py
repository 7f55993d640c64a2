"""Taking in many organisations at once: what is wrong with the rows, and what each would change. Set by set, in SQL."""

from taizhang.accounts.models import Role, UnitKind
from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, NOTE, WARNING
from taizhang.orgs.matching import compare_with_the_ledger, look_for_likenesses, match_with_the_ledger
from taizhang.orgs.naming import RESPONSIBLE, committee_above, find_units, keep_names

SHORTEST_NAME = 5
SINCE_ONE_CODE = (("association", "51"), ("service", "52"), ("foundation", "53"))


def examine(rows: Rows) -> None:
    name_the_units(rows)
    look_at_codes_and_names(rows)
    look_at_days(rows)
    look_at_responsibility(rows)
    match_with_the_ledger(rows)
    look_for_likenesses(rows)
    compare_with_the_ledger(rows)


def name_the_units(rows: Rows) -> None:
    """`responsibles` and `registrars` say which units the rows mean; an unknown one is created with the batch."""
    rest = committee_above(rows.unit) if rows.unit.kind not in RESPONSIBLE else rows.unit
    rows.responsible_for_the_rest = rest  # type: ignore[attr-defined]
    for column, kinds in (("responsible", RESPONSIBLE), ("registrar", (UnitKind.BUREAU,))):
        keys = [key for (key,) in rows.ask(f"SELECT DISTINCT {column}_key FROM staged WHERE {column}_key IS NOT NULL")]
        found = find_units(keys, kinds=kinds, within=rows.scope)
        keep_names(f"{column}s", found)
        joined = f"JOIN {column}s n ON n.key = s.{column}_key"
        # a name that holds a separator, and is one unit's name all the same
        rows.run(
            f"""DELETE FROM imports_finding f USING staged s {joined} WHERE f.batch_id = %(batch)s AND f.number = s.number
                AND f."column" = %(column)s AND f.code = 'two-values' AND n.unit_id IS NOT NULL""",
            column=column,
        )
        unknown = "n.unit_id IS NULL AND NOT EXISTS (SELECT FROM imports_finding f WHERE f.batch_id = %(batch)s"
        unknown += f" AND f.number = s.number AND f.code = 'two-values' AND f.\"column\" = '{column}')"
        # a registrar stands outside everybody's subtree, so nobody's scope is touched
        may_create = column == "registrar" or rows.by.holds({Role.CLERK}, committee_above(rows.unit))
        first = (  # a warning once for each such unit, an error in every row
            f"JOIN (SELECT {column}_key AS key, min(number) AS number, count(*) AS times FROM staged GROUP BY 1) t"
            f" ON t.key = n.key" + (" AND t.number = s.number" if may_create else "")
        )
        for near, hint in (("n.near = ''", ""), ("n.near <> ''", "，与“%s”相近")):
            rows.find(
                column,
                "unit-unknown",
                WARNING if may_create else ERROR,
                f"台账中没有这个单位（共 %s 行）{hint}，"
                + ("将随这一批新建，不含用户。" if may_create else "不能由您新建。"),
                "是已有单位的另一种写法时，请改为全称，或先登记为别名。",
                say=("t.times", "n.near") if hint else ("t.times",),
                join=f"{joined} {first}",
                where=f"{unknown} AND {near}",
            )
        rows.find(
            column,
            "unit-called",
            NOTE,
            "按别名或旧称认作“%s”。",
            "不对时请改为全称。",
            say=("n.name",),
            join=joined,
            where="n.how IN ('alias', 'former')",
        )


def look_at_codes_and_names(rows: Rows) -> None:
    for kind, prefix in SINCE_ONE_CODE:
        rows.find(
            "code",
            "code-kind",
            WARNING,
            f"代码前两位是 %s，与类型不一致（应为 {prefix}）。",
            "请核对类型与代码。",
            say=("left(s.code, 2)",),
            where=f"s.kind = '{kind}' AND length(s.code) = 18 AND left(s.code, 2) <> '{prefix}'",
        )
    rows.find(
        "code",
        "code-absent",
        WARNING,
        "没有填写统一社会信用代码，只按名称认。",
        "已换发代码的请补上。",
        where="s.code IS NULL AND s.name IS NOT NULL",
    )
    rows.find(
        "code",
        "twice-in-file",
        ERROR,
        "与第 %s 行的代码相同。",
        "同一家社会组织请只保留一行；不是同一家时请核对代码。",
        say=("d.row",),
        join="JOIN (SELECT code, min(number) AS number, min(row) AS row FROM staged GROUP BY 1 HAVING count(*) > 1) d USING (code)",
        where="s.number > d.number",
    )
    twice = "JOIN (SELECT name_key, min(number) AS number, min(row) AS row, min(code) AS code FROM staged GROUP BY 1 HAVING count(*) > 1) d USING (name_key)"
    rows.find(
        "name",
        "twice-in-file",
        ERROR,
        "与第 %s 行的名称相同，又没有代码可以区分。",
        "同一家社会组织请只保留一行；不是同一家时请补上代码。",
        say=("d.row",),
        join=twice,
        where="s.number > d.number AND s.code IS NULL",
    )
    rows.find(
        "name",
        "same-name-in-file",
        WARNING,
        "与第 %s 行的名称相同，代码不同。",
        "请核对是否为同一家。",
        say=("d.row",),
        join=twice,
        where="s.number > d.number AND s.code <> d.code",
    )
    rows.find(
        "name",
        "name-cut-off",
        WARNING,
        "名称过短，可能没有录全。",
        "请填登记证书上的全称。",
        where=f"length(s.name_key) < {SHORTEST_NAME}",
    )
    rows.find(
        "name",
        "name-and-kind",
        WARNING,
        "按代码或类型是基金会，名称却不以“基金会”结尾。",
        "请核对名称是否录全、类型是否正确。",
        where="coalesce(s.kind, CASE left(s.code, 2) WHEN '53' THEN 'foundation' END) = 'foundation'"
        " AND s.name_key NOT LIKE '%%基金会' AND s.name_key NOT LIKE '%%基金会(%%)'",
    )


def look_at_days(rows: Rows) -> None:
    for column in ("registered_on", "struck_off_on", "entered_on"):
        rows.find(
            column,
            "in-future",
            ERROR,
            "日期晚于办理日期 %s。",
            "请核对日期。",
            say=("%(on)s::date",),
            where=f"s.{column} > %(on)s",
        )
    rows.find(
        "struck_off_on",
        "struck-off-day-missing",
        ERROR,
        "状态不是“正常”，却没有注销（撤销、吊销）日期。",
        "请补上日期。",
        where="s.status <> 'normal' AND s.struck_off_on IS NULL",
    )
    rows.find(
        "struck_off_on",
        "reversed-range",
        ERROR,
        "注销日期不晚于成立日期 %s。",
        "请核对两个日期是否写反。",
        say=("s.registered_on",),
        where="s.struck_off_on <= s.registered_on",
    )
    rows.find(
        "entered_on",
        "reversed-range",
        ERROR,
        "录入日期早于成立日期 %s。",
        "请核对两个日期。",
        say=("s.registered_on",),
        where="s.entered_on < s.registered_on",
    )


def look_at_responsibility(rows: Rows) -> None:
    """ORG-23. What is absent stays unknown: a mode is never guessed from a supervisor."""
    responsibles = "LEFT JOIN responsibles n ON n.key = s.responsible_key LEFT JOIN accounts_unit u ON u.id = n.unit_id"
    rows.find(
        "responsible",
        "mode-and-responsible",
        ERROR,
        "直接登记、已脱钩的社会组织由综合党委负责，不归“%s”。",
        "请清空业务主管单位，或核对登记体制。",
        say=("s.responsible",),
        join=responsibles,
        where="s.mode IN ('direct', 'decoupled') AND s.responsible_key IS NOT NULL AND u.kind IS DISTINCT FROM 'committee'",
    )
    default_is_committee = rows.responsible_for_the_rest.kind == UnitKind.COMMITTEE  # type: ignore[attr-defined]
    if default_is_committee:
        rows.find(
            "responsible",
            "responsible-missing",
            ERROR,
            "双重管理的社会组织没有填写业务主管单位。",
            "请填写业务主管单位，或核对登记体制。",
            where="s.mode = 'dual' AND s.responsible_key IS NULL"
            " AND NOT EXISTS (SELECT FROM orgs_organization o WHERE o.code = s.code)",
        )
    rows.find(
        "responsible",
        "mode-and-responsible",
        ERROR,
        "双重管理的社会组织由其业务主管单位负责，不归综合党委。",
        "请填写业务主管单位，或核对登记体制。",
        join=responsibles,
        where="s.mode = 'dual' AND u.kind = 'committee'",
    )
    rows.find(
        "responsible",
        "outside-scope",
        ERROR,
        "“%s”不在您的办理范围内。",
        "请只导入本单位负责的社会组织；其余交综合党委经办人导入。",
        say=("s.responsible",),
        join=responsibles,
        where="n.unit_id IS NOT NULL AND NOT n.inside",
    )
    if not default_is_committee:
        rows.find(
            "mode",
            "outside-scope",
            ERROR,
            "直接登记、已脱钩的社会组织由综合党委负责，不在您的办理范围内。",
            "请核对登记体制；确属直接登记或脱钩的，交综合党委经办人导入。",
            where="s.mode IN ('direct', 'decoupled')",
        )
