"""`taizhang user`: the office is founded and its accounts kept at the server's own console."""

import json

import pytest

from taizhang.accounts.models import User
from taizhang.config import cli
from taizhang.config.commands import user as command

pytestmark = pytest.mark.django_db


def taizhang_user(capsys, *arguments):
    options = cli._parser({"user": command}).parse_args(["user", "--json", *arguments])
    code = command.run(options)
    return code, json.loads(capsys.readouterr().out)


def test_an_empty_office_is_founded_once_with_a_random_password(db, capsys):
    code, told = taizhang_user(capsys, "found", "--committee", "某市综合党委", "--username", "root")
    assert [each["role"] for each in told["accounts"]] == ["system_admin", "security_admin", "audit_admin"]
    assert code == 0 and User.objects.get(username="root").check_password(told["accounts"][0]["password"])
    assert User.objects.get(username="root").must_change_password
    code, told = taizhang_user(capsys, "found", "--committee", "另一个")
    assert code == 1 and told["obstacles"][0]["code"] == "already-founded"


def test_accounts_are_added_reset_closed_and_their_roles_told(world, capsys):
    code, told = taizhang_user(capsys, "add", "li", "--name", "李", "--role", "unit_clerk", "--unit", "省教育厅")
    assert code == 0 and User.objects.get(username="li").check_password(told["password"])
    code, again = taizhang_user(capsys, "reset", "LI")
    assert code == 0 and User.objects.get(username="li").check_password(again["password"])
    assert again["password"] != told["password"]
    assert taizhang_user(capsys, "close", "li")[0] == 0
    code, told = taizhang_user(capsys, "roles", "li")
    assert [(held["role"], held["unit"], held["until"] is None) for held in told["roles"]] == [
        ("unit_clerk", "省教育厅", False)
    ]


def test_wrong_words_are_refused_with_what_to_write(world, capsys):
    code, told = taizhang_user(capsys, "add", "li", "--name", "李", "--role", "king")
    assert code == 1 and "clerk" in told["obstacles"][0]["remedy"]
    code, told = taizhang_user(capsys, "add", "li", "--name", "李", "--role", "clerk", "--unit", "没有的厅")
    assert code == 1 and told["obstacles"][0]["code"] == "unknown-unit"
    assert taizhang_user(capsys, "reset", "nobody")[0] == 1
