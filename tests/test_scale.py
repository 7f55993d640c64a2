"""A province of any size for measurements keeps the same promises as one that verbs made."""

import pytest
from django.conf import settings
from django.db import connection

from taizhang.config.demonstration.scale import FIRST, LAST, generate

COUNT = 600


@pytest.fixture
def province(db, owner, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_office DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_office SET demonstration = true")
        cursor.execute("ALTER TABLE cases_office ENABLE TRIGGER USER")
    return generate(COUNT, lambda done, total: None)


def asked(sql: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_ten_years_of_organisations_coverage_and_people(province):
    assert asked("SELECT count(*) FROM orgs_organization") == (COUNT,)
    years = "SELECT min(extract(year FROM recorded_at)), max(extract(year FROM recorded_at)) FROM cases_step"
    assert asked(years) == (FIRST, LAST)
    covered, formal = asked("SELECT count(*), count(*) FILTER (WHERE nature = 'formal') FROM party_coverage")
    assert COUNT * 0.35 < covered == formal < COUNT * 0.6
    assert asked("SELECT count(*) FROM members_membership")[0] > COUNT
    changed, corrected = asked("SELECT count(*), count(*) FILTER (WHERE NOT upper_inf(recorded)) FROM orgs_particulars")
    assert changed > COUNT and corrected > 0


def test_everybody_hangs_below_whoever_is_responsible(province):
    assert asked(
        """SELECT count(*) FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
        JOIN orgs_supervision s ON s.organization_id = o.id AND upper_inf(s.recorded) AND upper_inf(s.period)
        JOIN accounts_unit r ON r.id = s.unit_id
        WHERE u.parent_id <> s.unit_id OR u.path <> r.path || u.id || '.'"""
    ) == (0,)
    assert asked("SELECT count(*) FROM accounts_unit u JOIN accounts_unit p ON p.id = u.parent_id "
                 "WHERE u.path <> p.path || u.id || '.'") == (0,)  # fmt: skip


def test_coverage_is_never_before_registration(province):
    assert asked(
        """SELECT count(*) FROM party_coverage c WHERE upper_inf(c.recorded) AND lower(c.period) <
            (SELECT min(lower(p.period)) FROM orgs_particulars p WHERE p.organization_id = c.organization_id)"""
    ) == (0,)


def test_the_account_file_is_for_its_owner_alone(province, tmp_path):
    file = tmp_path / "demonstration-accounts"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().startswith("guanli\t")
