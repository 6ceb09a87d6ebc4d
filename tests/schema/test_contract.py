"""The served schema and the public contract."""

from graphql import build_schema

from schema.build import printed
from schema.contract import breaks, undescribed

SERVED = build_schema(printed())


def test_the_schema_serves_what_the_contract_promises():
    assert breaks(SERVED) == []


def test_every_element_of_the_schema_is_described():
    assert list(undescribed(SERVED)) == []


def test_a_field_that_goes_missing_is_noticed():
    without = build_schema(printed().replace("readingMinutes: Int!", "minutes: Int!"))
    assert breaks(without) == ["Field Article.readingMinutes was removed."]


def test_introspection_answers(sample):
    answer = sample.ask("{__schema{queryType{name} types{name fields{name args{name defaultValue}}}}}")
    assert answer["__schema"]["queryType"] == {"name": "Query"}
