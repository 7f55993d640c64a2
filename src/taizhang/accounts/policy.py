"""What is asked of those who sign in: data, chosen by the installation, shown on a page."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from taizhang.accounts.roles import Role

PRESETS = Path(__file__).parent / "data" / "policies.toml"
DEFAULT = "gbt-22239-3"


@dataclass(frozen=True, slots=True)
class Policy:
    """0 means: not asked."""

    key: str
    title: str
    source: str
    minimum_length: int
    kinds_of_characters: int
    days_until_change: int
    passwords_remembered: int
    attempts_per_account: int
    attempts_per_address: int
    locked_minutes: int
    idle_minutes: int
    absolute_hours: int
    sessions_at_most: int
    second_step: frozenset[str]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """For people: what is asked, how much of it."""
        names = [Role(role).label for role in Role.values if role in self.second_step]
        return [
            ("密码", f"至少{self.minimum_length}位，不能是常见密码，不能与登录名、姓名相近"),
            (
                "字符种类",
                f"大写、小写、数字、符号中至少{self.kinds_of_characters}种" if self.kinds_of_characters else "不要求",
            ),
            ("更换周期", f"{self.days_until_change}天" if self.days_until_change else "不要求定期更换"),
            ("不得重复", f"最近{self.passwords_remembered}个用过的" if self.passwords_remembered else "不要求"),
            ("输错几次暂停", f"同一账号{self.attempts_per_account}次，同一地址{self.attempts_per_address}次"),
            ("暂停多久", f"{self.locked_minutes}分钟"),
            ("多久不动自动退出", f"{self.idle_minutes}分钟"),
            ("一次登录最长", f"{self.absolute_hours}小时"),
            ("同时登录", f"最多{self.sessions_at_most}处，再多则最早的一处退出" if self.sessions_at_most else "不限"),
            ("必须两步验证的角色", "全部角色" if len(names) == len(Role) else "、".join(names) or "没有"),
        ]


def presets() -> dict[str, dict]:
    return tomllib.loads(PRESETS.read_text(encoding="utf-8"))


def chosen(key: str = DEFAULT, *, second_step: str = "") -> Policy:
    """The preset of that name. `second_step`, if given, takes the place of the preset's: all, none, or roles with commas."""
    known = presets()
    if key not in known:
        raise ImproperlyConfigured(f"TAIZHANG_SIGN_IN_POLICY={key}: one of {', '.join(known)}")
    stated = dict(known[key])
    asked = stated.pop("second_step")
    return Policy(key=key, second_step=roles_named(second_step or asked), **stated)


def roles_named(asked: str | Iterable[str]) -> frozenset[str]:
    if asked == "all":
        return frozenset(Role.values)
    if asked == "none":
        return frozenset()
    names = asked.split(",") if isinstance(asked, str) else asked
    roles = frozenset(name.strip() for name in names)
    if unknown := roles - set(Role.values):
        raise ImproperlyConfigured(f"TAIZHANG_SECOND_STEP: no such role: {', '.join(sorted(unknown))}")
    return roles
