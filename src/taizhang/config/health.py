"""What `taizhang doctor` looks at. Each examination answers with what it found and what to do about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.utils import DatabaseError

from taizhang.config import environment, schema
from taizhang.kit import roles
from taizhang.kit.postgres import APPLICATION, Server

OLDEST_VERSION = 15
EXTENSIONS = ("btree_gist", "pg_trgm", "ltree")
LEAST_FREE_BYTES = 2 * 2**30
STALE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    title: str
    state: Literal["ok", "warn", "fail"]
    found: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def examine() -> list[Finding]:
    """All findings; those about the database only if it answers."""
    findings = [*keys(), *disk(), *pages()]
    try:
        connection.ensure_connection()
    except Exception as error:  # whatever keeps us from it is the finding
        remedy = "核对 DATABASE_URL 与数据库服务；内置数据库的日志在数据目录的 postgres/data/log 中。"
        return [Finding("database", "数据库", "fail", str(error).strip().splitlines()[0], remedy), *findings]
    for examination in EXAMINATIONS:
        try:
            findings.extend(examination())
        except DatabaseError as error:
            findings.append(
                Finding(
                    examination.__name__,
                    "检查未完成",
                    "fail",
                    str(error).strip(),
                    "先执行 taizhang migrate，再检查一次。",
                )
            )
    return findings


def ask(question: str, *parameters: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return cursor.fetchone() or ()


def database() -> Iterator[Finding]:
    (version, number, encoding, letters, skew) = ask(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, "
        "current_setting('server_encoding'), '党' ~ '[[:alpha:]]', extract(epoch FROM clock_timestamp())::float8"
    )
    state: Literal["ok", "fail"] = "ok" if number >= OLDEST_VERSION else "fail"
    yield Finding(
        "version", "数据库版本", state, f"PostgreSQL {version}", f"需要 PostgreSQL {OLDEST_VERSION} 或更高版本。"
    )
    good = encoding == "UTF8" and letters
    remedy = "重建数据库：CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0；否则查不到汉字。"
    yield Finding(
        "locale", "字符集与排序", "ok" if good else "fail", f"{encoding}，{'认得' if letters else '不认得'}汉字", remedy
    )
    seconds = abs(skew - datetime.now(UTC).timestamp())
    yield Finding(
        "clock",
        "时钟",
        "ok" if seconds < 5 else "fail",
        f"与数据库相差 {seconds:.1f} 秒",
        "两台机器都应与同一时间服务器同步。",
    )


def extensions() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        present = {name for (name,) in cursor.fetchall()}
    missing = [name for name in EXTENSIONS if name not in present]
    found = f"缺 {'、'.join(missing)}" if missing else "、".join(EXTENSIONS)
    remedy = "安装 postgresql-contrib，再执行 taizhang migrate。"
    yield Finding("extensions", "扩展", "fail" if missing else "ok", found, remedy)


def migrations() -> Iterator[Finding]:
    waiting = schema.pending()
    found = f"有 {len(waiting)} 个未执行（{waiting[0]} …）" if waiting else "已是最新"
    yield Finding("migrations", "表结构", "fail" if waiting else "ok", found, "执行 taizhang migrate。")


def role() -> Iterator[Finding]:
    user, login, superuser, member, exists = ask(
        "SELECT current_user, session_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), "
        "coalesce((SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s), false), "
        "EXISTS (SELECT FROM pg_roles WHERE rolname = %s)",
        APPLICATION,
        APPLICATION,
    )
    if not exists:
        remedy = f'由数据库管理员执行 CREATE ROLE {APPLICATION} NOLOGIN; GRANT {APPLICATION} TO "{login}"; 再执行 taizhang migrate。'
        yield Finding("role", "数据库角色", "fail", f"角色 {APPLICATION} 不存在", remedy)
        return
    if superuser or user != APPLICATION:
        remedy = f'由数据库管理员执行 GRANT {APPLICATION} TO "{login}"；应用只应以 {APPLICATION} 的身份工作。'
        yield Finding(
            "role", "数据库角色", "fail", f"以 {user} 的身份工作{'（超级用户）' if superuser else ''}", remedy
        )
        return
    if login != user and member:
        remedy = "应用和迁移用同一个账户登录，可以退回所有者的身份；正式使用请分设两个账户（DATABASE_URL 与 DATABASE_OWNER_URL）。"
        yield Finding("role", "数据库角色", "warn", f"以 {login} 登录，以 {user} 工作", remedy)
        return
    yield Finding("role", "数据库角色", "ok", f"以 {user} 登录和工作")


def privileges() -> Iterator[Finding]:
    wrong = []
    for config in apps.get_app_configs():
        for table, declared in sorted(roles.privileges_of(config).items()):
            if not ask("SELECT to_regclass(%s)", f"public.{table}")[0]:
                continue
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
                (has,) = ask("SELECT has_table_privilege(%s, %s, %s)", APPLICATION, f"public.{table}", privilege)
                if has != (privilege in declared):
                    wrong.append(f"{table} {'多' if has else '缺'} {privilege}")
    found = "；".join(wrong[:5]) + ("……" if len(wrong) > 5 else "") if wrong else "与各表的声明一致"
    yield Finding("privileges", "表权限", "fail" if wrong else "ok", found, "执行 taizhang migrate，它会重新授权。")


def worker() -> Iterator[Finding]:
    (heartbeat,) = ask("SELECT max(last_heartbeat) FROM procrastinate_workers")
    alive = heartbeat is not None and datetime.now(UTC) - heartbeat < STALE
    found = "在运行" if alive else "没有运行" if heartbeat is None else f"最后一次心跳 {heartbeat:%Y-%m-%d %H:%M} UTC"
    yield Finding(
        "worker",
        "后台任务",
        "ok" if alive else "warn",
        found,
        "启动 taizhang worker（或 taizhang serve，内置数据库时会一并启动）。",
    )
    waiting, failed = ask(
        "SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '5 minutes'), "
        "count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
    )
    found = f"等候超过 5 分钟 {waiting} 件，失败 {failed} 件"
    yield Finding(
        "jobs", "任务队列", "warn" if waiting or failed else "ok", found, "查看后台任务的日志；排除原因后重新提交。"
    )


def keys() -> Iterator[Finding]:
    file = settings.HOME / "keys"
    if os.environ.get("TAIZHANG_KEYS") and os.environ.get("SECRET_KEY"):
        yield Finding("keys", "密钥", "ok", f"来自环境变量，加密密钥 {len(settings.TAIZHANG_KEYS)} 把")
    elif file.stat().st_mode & 0o077:
        yield Finding("keys", "密钥", "fail", f"{file} 可被他人读取", f"执行 chmod 600 {file}。")
    else:
        yield Finding("keys", "密钥", "ok", f"保存在 {file}；备份时请另存一份，丢失则加密字段无法读出")


def disk() -> Iterator[Finding]:
    folders = {"数据目录": settings.HOME, "附件目录": Path(settings.MEDIA_ROOT)}
    if settings.DATABASES["default"].get("EMBEDDED_HOME"):
        folders["数据库目录"] = Server(settings.HOME).folder
    for title, folder in folders.items():
        there = next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
        free = shutil.disk_usage(there).free
        state: Literal["ok", "fail"] = "ok" if free >= LEAST_FREE_BYTES else "fail"
        yield Finding(
            "disk", title, state, f"{folder} 剩余 {free / 2**30:.1f} GB", "清理磁盘或扩容；剩余应不少于 2 GB。"
        )


def pages() -> Iterator[Finding]:
    built = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists() or settings.DEBUG
    remedy = "执行 make setup（或 taizhang manage collectstatic）。"
    yield Finding(
        "static", "页面文件", "ok" if built else "fail", str(settings.STATIC_ROOT) if built else "尚未生成", remedy
    )
    if settings.PRODUCTION:
        local = {"localhost", "127.0.0.1", "[::1]"}
        named = [host for host in settings.ALLOWED_HOSTS if host not in local]
        yield Finding(
            "hosts",
            "访问地址",
            "ok" if named else "warn",
            "、".join(settings.ALLOWED_HOSTS),
            "用 TAIZHANG_HOSTS 写明用户访问的域名。",
        )
        state: Literal["ok", "warn"] = "ok" if settings.HTTPS else "warn"
        yield Finding(
            "https",
            "加密传输",
            state,
            "已启用" if settings.HTTPS else "未启用",
            "在反向代理上配置证书，并去掉 TAIZHANG_HTTPS=0。",
        )
    elif environment.flag("TAIZHANG_DEBUG"):
        yield Finding("debug", "调试模式", "warn", "已打开", "正式使用前去掉 TAIZHANG_DEBUG。")


def evidence() -> Iterator[Finding]:
    from taizhang.ledger import sealing
    from taizhang.ledger.marking import marked_models

    count, seconds = sealing.waiting()
    late = count and seconds > STALE.total_seconds()
    yield Finding(
        "sealing",
        "封存",
        "warn" if late else "ok",
        f"{count} 个印记还没有封存，最早的等了 {seconds:.0f} 秒" if count else "全部已封存",
        "启动 taizhang worker；它每 15 秒封存一次。",
    )
    wanted = sum(1 if model._meta.db_table == "cases_step" else 2 for model in marked_models())
    (standing,) = ask("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'witnessed%%' AND tgenabled IN ('O', 'A')")
    yield Finding(
        "marks",
        "存证",
        "ok" if standing == wanted else "fail",
        f"{standing} 个触发器在用，应有 {wanted} 个",
        "执行 taizhang migrate；是谁停用的，请查清，再执行 taizhang verify。",
    )


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *(database, extensions, migrations, role, privileges, worker),
    evidence,
)
