"""docs/how-to/api.md: every curl in it is sent, in its order, and answered as it says."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.test_tokens import made

pytestmark = pytest.mark.django_db

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "api.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.M | re.S)
REFUSED_ON_PURPOSE = "1066-10-14"
SHEET = "社会组织名称,统一社会信用代码,成立日期\n某学会,,2017-01-01\n"


def commands() -> list[str]:
    text = "".join(BLOCK.findall(GUIDE.read_text(encoding="utf-8")))
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def send(command: str, known: dict[str, object]):
    """As curl would: -X, -H, -d and -F, and the address."""
    for name, value in known.items():
        command = command.replace(f"${name}", str(value))
    assert "$" not in command, command
    words = iter(shlex.split(command)[1:])
    method, headers, body, parts, address = "get", {}, None, {}, ""
    for word in words:
        if word == "-X":
            method = next(words).lower()
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-F":
            name, _, value = next(words).partition("=")
            parts[name] = SimpleUploadedFile(value[1:], SHEET.encode()) if value.startswith("@") else value
        else:
            address = word
    assert address.startswith("/api/"), command
    if body is not None:
        return Client().post(address, body, content_type=headers.pop("Content-Type"), headers=headers)
    return getattr(Client(), method)(address, parts or None, headers=headers)


def test_every_example_does_what_it_says(world):
    first = world.organization("省木兰拳协会")
    for number in range(3):
        world.organization(f"第{number}协会")
    known = {"TAIZHANG": "", "TOKEN": made(world.clerk)[1], "ORGANIZATION": first.pk, "NEXT": "", "STATEMENT": ""}
    told = {}
    for command in commands():
        answer = send(command, known)
        expected = 422 if REFUSED_ON_PURPOSE in command else 200
        assert answer.status_code == expected, (command, answer.content)
        told[command] = said = answer.json()
        if isinstance(said, dict):
            known["NEXT"] = said.get("next") or known["NEXT"]
            known |= {"BATCH": said["id"]} if said.get("noun") == "imports.batch" else {}
        elif "/statements" in command:
            known["STATEMENT"] = next(each["id"] for each in said if each["noun"] == "particulars")
    assert len(told) == len(commands()) > 10
    (refused,) = [each for command, each in told.items() if REFUSED_ON_PURPOSE in command]
    assert {each["where"] for each in refused["obstacles"]} == {"name", "on"}
