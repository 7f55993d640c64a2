"""Who may sign in to the demonstration: printed, and kept in a file that only its owner reads. No password is in the code."""

import os
from pathlib import Path

from django.conf import settings

from taizhang.config.demonstration.office import Account

NAME = "demonstration-accounts"


def sheet() -> Path:
    return settings.HOME / NAME


def write(accounts: list[Account]) -> None:
    """Written anew beside the old one and put in its place, never readable by others in between."""
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = sheet().with_name(f"{NAME}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.writelines(f"{each.username}\t{each.password}\t{each.title}\n" for each in accounts)
    draft.replace(sheet())


def text() -> str:
    """Login name, password, who it is: one line each."""
    if not sheet().exists():
        return "演示账号文件不在；可用 `taizhang user` 重设密码。"
    rows = [line.split("\t") for line in sheet().read_text().splitlines()]
    lines = [f"  {username:<10} {password}   {title}" for username, password, title in rows]
    return "\n".join(["登录名     密码                   身份", *lines])
