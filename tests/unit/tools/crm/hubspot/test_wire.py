"""Our requests are those of HubSpot's own client, and that client reads the answers of our stand-in."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from tests.unit.tools.crm.hubspot.portal import WRITE, portal
from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tools.crm.hubspot.wire import HubSpotWire, open_client
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.wire import Asked
from tools.http import Buckets

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from hubspot import HubSpot
    from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
    from hubspot.crm.deals import BatchReadInputSimplePublicObjectId, PublicObjectSearchRequest, SimplePublicObjectInput
    from hubspot.crm.objects.tasks import BatchInputSimplePublicObjectBatchInputUpsert as Upserts
    from hubspot.crm.properties import ApiException, PropertyCreate

Done = tuple[HubSpotFake, HubSpotWire, Any]


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = portal(Hands())
    fake.unique["tasks"] = {"agent_action_key"}
    with served(fake) as address:
        ours = HubSpotWire(open_client(SecretStr(WRITE), Buckets(), base_url=address, rates={"": (1000.0, 1000.0)}))
        yield fake, ours, HubSpot(access_token=WRITE, host=address)
        ours.client.close()


PROPERTIES, HISTORY = ["dealname", "dealstage"], ["dealstage"]
SINCE = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "1760000000000"}
SEARCH = {
    "limit": 200, "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
    "properties": PROPERTIES, "filterGroups": [{"filters": [SINCE]}],
}  # fmt: skip
READ = {"inputs": [{"id": "701"}], "properties": PROPERTIES, "propertiesWithHistory": HISTORY}
KEYED = {"idProperty": "agent_action_key", "id": "k1", "properties": {"hs_task_subject": "Call"}}
Pair = tuple[Callable[[HubSpotWire], Any], Callable[[Any], Any]]
CALLS: dict[str, Pair] = {
    "list": (
        lambda ours: ours.listed("deals", PROPERTIES, HISTORY, ["companies", "contacts"], "700"),
        lambda sdk: sdk.crm.deals.basic_api.get_page(
            limit=50, after="700", properties=PROPERTIES, properties_with_history=HISTORY,
            associations=["companies", "contacts"], archived=False,
        ),
    ),
    "search": (
        lambda ours: ours.search("deals", [[SINCE]], "hs_lastmodifieddate", PROPERTIES),
        lambda sdk: sdk.crm.deals.search_api.do_search(
            PublicObjectSearchRequest(
                limit=200, sorts=SEARCH["sorts"], properties=PROPERTIES, filter_groups=SEARCH["filterGroups"]
            )
        ),
    ),
    "read": (
        lambda ours: ours.read("deals", ["701"], PROPERTIES, HISTORY),
        lambda sdk: sdk.crm.deals.batch_api.read(
            BatchReadInputSimplePublicObjectId(
                inputs=READ["inputs"], properties=PROPERTIES, properties_with_history=HISTORY
            )
        ),
    ),
    "associations": (
        lambda ours: ours.associations("deals", "companies", ["701"]),
        lambda sdk: sdk.crm.associations.v4.batch_api.get_page(
            "deals", "companies", BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": "701"}])
        ),
    ),
    "owners": (
        lambda ours: ours.owners("7", archived=True),
        lambda sdk: sdk.crm.owners.owners_api.get_page(limit=100, archived=True, after="7"),
    ),
    "pipelines": (
        lambda ours: ours.pipelines("deals"),
        lambda sdk: sdk.crm.pipelines.pipelines_api.get_all("deals"),
    ),
    "upsert": (
        lambda ours: ours.upsert("tasks", "agent_action_key", "k1", {"hs_task_subject": "Call"}),
        lambda sdk: sdk.crm.objects.tasks.batch_api.upsert(Upserts(inputs=[KEYED])),
    ),
    "update": (
        lambda ours: ours.update("deals", "702", {"dealstage": "s1"}),
        lambda sdk: sdk.crm.deals.basic_api.update("702", SimplePublicObjectInput(properties={"dealstage": "s1"})),
    ),
    "associate": (
        lambda ours: ours.associate("tasks", "901", "companies", "502"),
        lambda sdk: sdk.crm.associations.v4.basic_api.create_default("tasks", "901", "companies", "502"),
    ),
    "archive": (
        lambda ours: ours.archive("notes", "801"),
        lambda sdk: sdk.crm.objects.notes.basic_api.archive("801"),
    ),
    "one": (
        lambda ours: ours.one("deals", "701", ["dealstage"]),
        lambda sdk: sdk.crm.deals.basic_api.get_by_id("701", properties=["dealstage"], archived=False),
    ),
    "property": (
        lambda ours: ours.make_key("notes", "agent_action_key"),
        lambda sdk: _property(sdk),
    ),
}  # fmt: skip


def _property(sdk: Any) -> None:
    asked = PropertyCreate(
        name="agent_action_key", label="Tenure action", type="string", field_type="text", has_unique_value=True,
        group_name="notes", form_field=False, hidden=True, description="Set by Tenure: each action is written once.",
    )  # fmt: skip
    # Our own call made it first; what matters is what was asked.
    with pytest.raises(ApiException, match="409"):
        sdk.crm.properties.core_api.create("notes", asked)


def _shown(asked: Asked) -> tuple[Any, ...]:
    # The vendor's client writes a truth value as Python does.
    query = sorted((key, value.lower() if key == "archived" else value) for key, value in asked.query)
    return asked.method, asked.path, query, asked.json(), asked.headers["authorization"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", CALLS)
def test_same_request_as_the_vendors_own_client(both: Done, name: str) -> None:
    fake, ours, sdk = both
    begun = len(fake.asked)
    CALLS[name][0](ours)
    between = len(fake.asked)
    CALLS[name][1](sdk)
    mine, theirs = fake.asked[begun:between], fake.asked[between:]
    assert [_shown(one) for one in mine] == [_shown(one) for one in theirs]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_vendors_own_client_reads_the_stand_in(both: Done) -> None:
    _, _, sdk = both
    page = sdk.crm.deals.basic_api.get_page(
        limit=50, properties=PROPERTIES, properties_with_history=HISTORY, associations=["companies"]
    )
    first = page.results[0]
    assert (first.id, first.properties["dealname"]) == ("701", "Rollout")
    assert [one.value for one in first.properties_with_history["dealstage"]] == ["s2", "s1"]
    assert {one.id for one in first.associations["companies"].results} == {"501", "502"}
    found = sdk.crm.deals.search_api.do_search(PublicObjectSearchRequest(limit=1, filter_groups=SEARCH["filterGroups"]))
    assert (found.total, found.paging.next.after) == (2, "1")
    linked = sdk.crm.associations.v4.batch_api.get_page(
        "deals", "companies", BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": "701"}])
    )
    assert {one.to_object_id for one in linked.results[0].to} == {"501", "502"}
    owners = sdk.crm.owners.owners_api.get_page(archived=False)
    assert [one.email for one in owners.results] == ["Ada@ours.example"]
    stages = sdk.crm.pipelines.pipelines_api.get_all("deals").results[0].stages
    assert [one.label for one in stages] == ["Discovery", "Proposal", "Won", "Lost"]
