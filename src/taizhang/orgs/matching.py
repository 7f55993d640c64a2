"""Which organisation of the ledger a row means, what is much like it, and what the row would change of it. Set by set, in SQL."""

from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, WARNING

FOLDED = r"upper(regexp_replace(translate(normalize({}, NFKC), '〔〕[]【】', '()()()'), '\s', '', 'g'))"
BARE = r"regexp_replace({}, '\(.*?\)|[省市县区]', '', 'g')"  # names that differ in these only are much alike
WORKFORCE = (
    "full_time", "part_time", "leaders", "party_members", "applicants", "has_union", "has_youth_league", "has_womens_federation",
)  # fmt: skip


def match_with_the_ledger(rows: Rows) -> None:
    """By code, else by name. What lies outside the person's scope is held for the reviewer and never mentioned."""
    rows.run(
        """UPDATE staged s SET target = o.id, outcome = CASE WHEN u.path LIKE ANY (%(scope)s) THEN 'unchanged' ELSE 'held' END
        FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id WHERE o.code = s.code"""
    )
    rows.run(  # a record that was merged into another: the code means the other, wherever that leads
        """WITH RECURSIVE leads AS (
            SELECT dropped_id, kept_id FROM orgs_merger WHERE undone_id IS NULL
            UNION SELECT l.dropped_id, m.kept_id FROM leads l
            JOIN orgs_merger m ON m.dropped_id = l.kept_id AND m.undone_id IS NULL)
        UPDATE staged s SET target = o.id, outcome = CASE WHEN u.path LIKE ANY (%(scope)s) THEN 'unchanged' ELSE 'held' END
        FROM leads l JOIN orgs_organization o ON o.id = l.kept_id JOIN accounts_unit u ON u.id = o.unit_id
        WHERE s.target = l.dropped_id AND u.closed_on IS NULL"""
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
    rows.run("ANALYZE staged (outcome, target)")  # by now they say how many are known
    rows.run("DROP TABLE IF EXISTS pg_temp.compared")
    rows.run(
        f"""CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
        SELECT s.number, s.target AS organization_id, p.id AS particulars, p.name, p.kind, p.region, p.trade, p.level,
            p.mode, p.status, v.unit_id AS responsible_id, g.unit_id AS registrar_id, e.id AS entry, w.id AS workforce,
            {", ".join(f"w.{name}" for name in WORKFORCE)},
            (SELECT min(lower(f.period)) FROM orgs_particulars f
             WHERE f.organization_id = s.target AND upper_inf(f.recorded)) AS registered_on,
            CASE WHEN p.name = s.name THEN s.name_key ELSE {FOLDED.format("p.name")} END AS name_key, u.id AS unit_id, o.code
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
