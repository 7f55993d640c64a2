"""Every field of a declaration says what it asks, where that comes from, and gives an example."""

import pytest
from django.test import Client

from taizhang.declarations.explanations import SINCE, explanations
from taizhang.declarations.fields import KINDS
from taizhang.declarations.tests.campaign import known, of, opened, operator_of
from taizhang.statutes.models import Clause


def test_every_field_and_no_other_has_meaning_source_and_example():
    asked = {(kind.name, each.name) for kind in KINDS.values() for each in kind.fields} | {("", SINCE)}
    assert set(explanations()) == asked | {("new-party", SINCE)}
    for key, told in explanations().items():
        assert told.meaning.endswith("。") and told.example and bool(told.clause) != bool(told.source), key


@pytest.mark.django_db
def test_every_clause_is_in_the_statutes_and_cited_as_there():
    cited = {each.clause for each in explanations().values() if each.clause}
    found = {each.key: str(each) for each in Clause.objects.filter(key__in=cited).select_related("document")}
    assert set(found) == cited
    for told in explanations().values():
        if told.clause:
            assert found[told.clause] in told.beside("专职人员")


@pytest.mark.django_db
def test_a_field_is_described_by_its_explanation(world):
    organization = known(world, world.organization("云岭省茶艺协会"))
    opened(world)
    client = Client()
    client.force_login(operator_of(world, organization))
    page = client.get(f"/declarations/{of(organization).pk}/").content.decode()
    assert 'aria-describedby="id_workforce-has_union_helptext"' in page
    hint = page.split('id="id_workforce-has_union_helptext"')[1].split("</details>")[0]
    assert "参加了联合工会" in hint and "/statutes/" in hint and "例：" in hint
