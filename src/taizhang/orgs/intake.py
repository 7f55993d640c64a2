"""Taking in many organisations at once: what is wrong with the rows, and what each would change. Set by set, in SQL."""

from taizhang.accounts.models import Role, UnitKind
from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, NOTE, WARNING
from taizhang.orgs.naming import RESPONSIBLE, committee_above, find_units, keep_names

FOLDED = r"upper(regexp_replace(translate(normalize({}, NFKC), '〔〕[]【】', '()()()'), '\s', '', 'g'))"
BARE = r"regexp_replace({}, '\(.*?\)|[省市县区]', '', 'g')"  # names that differ in these only are much alike
SHORTEST_NAME = 5
WORKFORCE = (
    "full_time", "part_time", "leaders", "party_members", "applicants", "has_union", "has_youth_league", "has_womens_federation",
)  # fmt: skip
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


def match_with_the_ledger(rows: Rows) -> None:
    """By code, else by name. What lies outside the person's scope is held for the reviewer and never mentioned."""
    rows.run(
        """UPDATE staged s SET target = o.id, outcome = CASE WHEN u.path LIKE ANY (%(scope)s) THEN 'unchanged' ELSE 'held' END
        FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id WHERE o.code = s.code"""
    )
    rows.run("DROP TABLE IF EXISTS pg_temp.known_names")
    rows.run(
        """CREATE TEMPORARY TABLE known_names ON COMMIT DROP AS
        SELECT o.id, o.code, key, u.path LIKE ANY (%(sees)s) AS seen, u.path LIKE ANY (%(scope)s) AS inside
        FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id,
            unnest(string_to_array(o.search, ' ')) AS key
        WHERE key IS DISTINCT FROM o.code AND u.closed_on IS NULL"""
    )
    rows.run("ANALYZE known_names")
    rows.find(
        "name",
        "several-of-that-name",
        ERROR,
        "台账中有 %s 家用过这个名称，没有代码不能认定是哪一家。",
        "请补上统一社会信用代码。",
        say=("k.number",),
        join="JOIN (SELECT key, count(*) AS number FROM known_names WHERE inside GROUP BY 1 HAVING count(*) > 1) k ON k.key = s.name_key",
        where="s.target IS NULL AND s.code IS NULL",
    )
    rows.run(
        """UPDATE staged s SET target = k.id, outcome = CASE WHEN k.inside THEN 'unchanged' ELSE 'held' END
        FROM known_names k WHERE k.key = s.name_key AND s.target IS NULL AND s.code IS NULL"""
    )
    rows.run(  # it had no code so far
        """UPDATE staged s SET target = k.id, outcome = 'changed'
        FROM known_names k WHERE k.key = s.name_key AND s.target IS NULL AND k.code IS NULL AND k.inside"""
    )
    # brought in once and undone: on record without a statement
    rows.run(
        """UPDATE staged s SET outcome = 'new' WHERE s.outcome = 'unchanged'
        AND NOT EXISTS (SELECT FROM orgs_particulars p WHERE p.organization_id = s.target AND upper_inf(p.recorded))"""
    )


def look_for_likenesses(rows: Rows) -> None:
    rows.find(
        "name",
        "same-name",
        WARNING,
        "台账中已有同名或曾用此名的社会组织，代码是 %s。",
        "请核对代码；同一家换发了代码的，请用“更正”。",
        say=("k.code",),
        join="JOIN known_names k ON k.key = s.name_key AND k.seen",
        where="s.target IS NULL AND k.code IS NOT NULL",
    )
    bare = BARE.format("k.key"), BARE.format("s.name_key")
    rows.find(
        "name",
        "similar-name",
        WARNING,
        "与台账中的“%s”很相近。",
        "请核对是否为同一家。",
        say=("k.key",),
        join=f"JOIN (SELECT {bare[0]} AS bare, min(key) AS key, min(id) AS id FROM known_names k WHERE seen GROUP BY 1) k ON k.bare = {bare[1]}",
        where="s.target IS NULL AND k.key <> s.name_key",
    )
    rows.find(
        "name",
        "similar-name-in-file",
        WARNING,
        "与第 %s 行的名称很相近。",
        "请核对是否为同一家。",
        say=("d.row",),
        join=f"""JOIN (SELECT {bare[1]} AS bare, min(number) AS number, min(row) AS row FROM staged s GROUP BY 1
            HAVING count(DISTINCT name_key) > 1) d ON d.bare = {bare[1]}""",
        where="s.number > d.number",
    )


def compare_with_the_ledger(rows: Rows) -> None:
    """`compared`: what the ledger holds of those it knows. An empty cell says nothing, so it changes nothing."""
    rows.run("DROP TABLE IF EXISTS pg_temp.compared")
    rows.run(
        f"""CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
        SELECT s.number, s.target AS organization_id, p.id AS particulars, p.name, p.kind, p.region, p.trade, p.level,
            p.mode, p.status, v.unit_id AS responsible_id, g.unit_id AS registrar_id, e.id AS entry, w.id AS workforce,
            {", ".join(f"w.{name}" for name in WORKFORCE)},
            (SELECT min(lower(f.period)) FROM orgs_particulars f
             WHERE f.organization_id = s.target AND upper_inf(f.recorded)) AS registered_on,
            {FOLDED.format("p.name")} AS name_key, u.id AS unit_id, o.code
        FROM staged s
        JOIN orgs_organization o ON o.id = s.target
        JOIN accounts_unit u ON u.id = o.unit_id
        LEFT JOIN orgs_particulars p ON p.organization_id = s.target AND upper_inf(p.recorded) AND p.period @> %(on)s::date
        LEFT JOIN orgs_supervision v ON v.organization_id = s.target AND upper_inf(v.recorded) AND v.period @> %(on)s::date
        LEFT JOIN orgs_registrar g ON g.organization_id = s.target AND upper_inf(g.recorded) AND g.period @> %(on)s::date
        LEFT JOIN orgs_entry e ON e.organization_id = s.target AND upper_inf(e.recorded)
        LEFT JOIN orgs_workforce w ON w.organization_id = s.target AND upper_inf(w.recorded) AND w.period @> %(on)s::date
        WHERE s.outcome IN ('unchanged', 'changed')"""
    )
    rows.run("CREATE INDEX ON compared (number)")
    rows.run("ANALYZE compared")
    known = "JOIN compared c ON c.number = s.number"
    rows.find(
        "registered_on",
        "not-registered-then",
        ERROR,
        "台账中这家社会组织在 %s 还没有登记。",
        "请核对办理日期。",
        say=("%(on)s::date",),
        join=known,
        where="c.particulars IS NULL",
    )
    rows.find(
        "registered_on",
        "registered-otherwise",
        WARNING,
        "台账中的成立日期是 %s，没有改动。",
        "台账有误时请用“更正”。",
        say=("c.registered_on",),
        join=known,
        where="s.registered_on <> c.registered_on",
    )
    rows.find(
        "name",
        "former-name",
        WARNING,
        "这是曾用名，台账中现在叫“%s”，名称没有改动。",
        "请改用现名。",
        say=("c.name",),
        join=f"{known} JOIN known_names k ON k.id = c.organization_id AND k.key = s.name_key",
        where="s.name_key <> c.name_key",
    )
    rows.find(
        "name",
        "renamed",
        WARNING,
        "台账中的名称是“%s”，将自 %s 起改为所填名称。",
        "只是写法不同时请照台账填写。",
        say=("c.name", "%(on)s::date"),
        join=known,
        where=RENAMED,
    )
    rows.find(
        "responsible",
        "hand-over-needed",
        ERROR,
        "台账中的责任单位是“%s”，与所填不同。",
        "换责任单位（脱钩、移交）请用“移交”办理；填写有误时请照台账填写。",
        say=("r.name",),
        join=f"{known} JOIN accounts_unit r ON r.id = c.responsible_id JOIN responsibles n ON n.key = s.responsible_key",
        where="n.unit_id IS DISTINCT FROM c.responsible_id",
    )
    rows.find(
        "mode",
        "hand-over-needed",
        ERROR,
        "改变登记体制要换责任单位，不能随表导入。",
        "请用“移交”办理；填写有误时请照台账填写。",
        join=f"{known} JOIN accounts_unit r ON r.id = c.responsible_id",
        where="s.mode <> c.mode AND ((s.mode IN ('direct', 'decoupled') AND r.kind <> 'committee')"
        " OR (s.mode = 'dual' AND r.kind = 'committee'))",
    )
    rows.find(
        "status",
        "strike-off-needed",
        ERROR,
        "台账中的状态与所填不同。",
        "注销、撤销、吊销请逐家办理；填写有误时请照台账填写。",
        join=known,
        where="coalesce(s.status, c.status) <> c.status",
    )
    rows.run(
        f"""UPDATE staged s SET outcome = 'changed' FROM compared c
        WHERE c.number = s.number AND ({PARTICULARS_CHANGED} OR {WORKFORCE_CHANGED} OR {REGISTRAR_CHANGED} OR {ENTRY_CHANGED} OR {CODE_CHANGED})"""
    )


RENAMED = (
    "s.name_key <> c.name_key AND NOT EXISTS"
    " (SELECT FROM known_names k WHERE k.id = c.organization_id AND k.key = s.name_key)"
)
PARTICULARS_CHANGED = (
    "((" + RENAMED + ") OR s.kind <> c.kind OR s.region <> c.region OR s.trade <> c.trade OR s.level <> c.level"
    " OR s.mode <> c.mode)"
)
WORKFORCE_CHANGED = " OR ".join(f"coalesce(s.{name} <> c.{name}, s.{name} IS NOT NULL)" for name in WORKFORCE)
REGISTRAR_CHANGED = (
    "EXISTS (SELECT FROM registrars n WHERE n.key = s.registrar_key AND n.unit_id IS DISTINCT FROM c.registrar_id)"
)
ENTRY_CHANGED = "c.entry IS NULL"
CODE_CHANGED = "s.code <> c.code OR (c.code IS NULL AND s.code IS NOT NULL)"
