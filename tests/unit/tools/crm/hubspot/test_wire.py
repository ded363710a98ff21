"""Our requests are those of HubSpot's own client, and that client reads the answers of our stand-in."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from urllib3.util.retry import Retry

from tests.unit.tools.crm.hubspot.portal import READ as READER
from tests.unit.tools.crm.hubspot.portal import WRITE, portal
from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tools.crm.hubspot.wire import HubSpotWire, open_client
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.hubspot_shapes import LINKS_MOST
from tools.fakes.wire import LIMITED, Asked
from tools.http import Buckets

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from hubspot import HubSpot
    from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
    from hubspot.crm.deals import BatchReadInputSimplePublicObjectId, PublicObjectSearchRequest, SimplePublicObjectInput
    from hubspot.crm.deals.exceptions import ApiException as DealsRefused
    from hubspot.crm.objects.tasks import BatchInputSimplePublicObjectBatchInputUpsert as Upserts
    from hubspot.crm.objects.tasks import BatchReadInputSimplePublicObjectId as TaskRead
    from hubspot.crm.properties import ApiException, PropertyCreate

Done = tuple[HubSpotFake, HubSpotWire, Any]


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = portal(Hands())
    fake.unique["tasks"] = {"agent_action_key"}
    fake.add("companies", {"name": "Very many"}, object_id="599")
    for one in range(LINKS_MOST + 20):
        fake.link("companies", "599", "contacts", str(10_000 + one))
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
MOMENT = {"propertyName": "hs_lastmodifieddate", "operator": "EQ", "value": "1760000000000"}
BEHIND = {"propertyName": "hs_object_id", "operator": "GT", "value": "0"}
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
    "search within one moment": (
        lambda ours: ours.search("deals", [[MOMENT, BEHIND]], "hs_object_id", PROPERTIES),
        lambda sdk: sdk.crm.deals.search_api.do_search(
            PublicObjectSearchRequest(
                limit=200, sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}], properties=PROPERTIES,
                filter_groups=[{"filters": [MOMENT, BEHIND]}],
            )
        ),
    ),
    "count": (
        lambda ours: ours.count("deals", [[SINCE]]),
        lambda sdk: sdk.crm.deals.search_api.do_search(
            PublicObjectSearchRequest(limit=1, properties=[], filter_groups=SEARCH["filterGroups"])
        ),
    ),
    "list of the bin": (
        lambda ours: ours.listed("deals", (), (), (), None, archived=True),
        lambda sdk: sdk.crm.deals.basic_api.get_page(limit=100, archived=True),
    ),
    "list of notes": (
        lambda ours: ours.listed("notes", ["hs_note_body"], (), ["deals"], None),
        lambda sdk: sdk.crm.objects.notes.basic_api.get_page(
            limit=100, properties=["hs_note_body"], associations=["deals"], archived=False
        ),
    ),
    "find by key": (
        lambda ours: ours.read("tasks", ["k1"], ["agent_action_key"], [], "agent_action_key"),
        lambda sdk: sdk.crm.objects.tasks.batch_api.read(
            TaskRead(
                inputs=[{"id": "k1"}], properties=["agent_action_key"], properties_with_history=[],
                id_property="agent_action_key",
            )
        ),
    ),
    "rest of very many associations": (
        lambda ours: ours.associations("companies", "contacts", ["599"]),
        lambda sdk: [
            sdk.crm.associations.v4.batch_api.get_page(
                "companies", "contacts", BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": "599", **more}])
            )
            for more in ({}, {"after": "500"})
        ],
    ),
    "account": (
        lambda ours: ours.account(),
        lambda sdk: sdk.api_request(
            {"method": "GET", "path": "/account-info/v3/details", "base_url": sdk.config["host"]}
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


def test_every_call_of_ours_is_compared() -> None:
    ours = {name for name, made in vars(HubSpotWire).items() if callable(made) and not name.startswith("_")}

    class Noted:
        """Says which calls were made of it."""

        def __init__(self) -> None:
            self.names: set[str] = set()

        def __getattr__(self, name: str) -> Callable[..., None]:
            self.names.add(name)
            return lambda *_, **__: None

    noted = Noted()
    for mine, _ in CALLS.values():
        mine(noted)  # type: ignore[arg-type]
    assert noted.names == ours


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


OBJECTS = ("companies", "contacts", "deals", "tasks", "notes", "calls", "meetings", "emails")


def _api(sdk: Any, kind: str) -> Any:
    whole = sdk.crm if kind in ("companies", "contacts", "deals") else sdk.crm.objects
    return getattr(whole, kind)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", OBJECTS)
def test_the_vendors_own_client_reads_every_kind_page_by_page(both: Done, kind: str) -> None:
    fake, ours, sdk = both
    made = [fake.add(kind, {"name": f"Paged {one}"}) for one in range(3)]
    fake.remove(kind, fake.add(kind, {"name": "Removed"}))
    fake.most = 2
    try:
        theirs, after = [], None
        while True:
            page = _api(sdk, kind).basic_api.get_page(limit=100, after=after, properties=["name"], archived=False)
            theirs += [one.id for one in page.results]
            if page.paging is None:
                break
            after = page.paging.next.after
        mine, following = [], ""
        while following is not None:
            found, following = ours.listed(kind, ["name"], (), (), following or None)  # type: ignore[assignment]
            mine += [one["id"] for one in found]
    finally:
        fake.most = 200
    assert theirs == mine
    assert set(made) <= set(theirs)
    archived = _api(sdk, kind).basic_api.get_page(limit=100, archived=True).results
    assert archived
    assert all(one.archived and one.archived_at for one in archived)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_vendors_own_client_reads_answers_about_many_of_which_some_are_not_there(both: Done) -> None:
    _, ours, sdk = both
    asked = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": "701"}, {"id": "7999"}], properties=PROPERTIES, properties_with_history=[]
    )
    found = sdk.crm.deals.batch_api.read(asked)
    assert ([one.id for one in found.results], found.num_errors) == (["701"], 1)
    assert found.errors[0].category == "OBJECT_NOT_FOUND"
    assert found.errors[0].context == {"ids": ["7999"]}
    assert [one["id"] for one in ours.read("deals", ["701", "7999"], PROPERTIES, [])] == ["701"]
    linked = sdk.crm.associations.v4.batch_api.get_page(
        "deals", "notes", BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": "702"}])
    )
    assert linked.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"


REFUSALS: dict[str, tuple[int, str, Callable[[Any], Any]]] = {
    "not there": (404, "OBJECT_NOT_FOUND", lambda sdk: sdk.crm.deals.basic_api.get_by_id("7999")),
    "too many": (400, "VALIDATION_ERROR", lambda sdk: sdk.crm.deals.basic_api.get_page(limit=101)),
    "past the end": (
        400, "VALIDATION_ERROR",
        lambda sdk: sdk.crm.deals.search_api.do_search(PublicObjectSearchRequest(limit=200, after="9900")),
    ),
    "another token": (
        401, "INVALID_AUTHENTICATION",
        lambda sdk: HubSpot(access_token="nobody", host=sdk.config["host"]).crm.deals.basic_api.get_page(),
    ),
    "no scope": (
        403, "MISSING_SCOPES",
        lambda sdk: HubSpot(access_token=READER, host=sdk.config["host"]).crm.deals.basic_api.update(
            "702", SimplePublicObjectInput(properties={"dealstage": "s1"})
        ),
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", REFUSALS)
def test_the_vendors_own_client_reads_refusals(both: Done, name: str) -> None:
    _, _, sdk = both
    status, category, ask = REFUSALS[name]
    with pytest.raises(DealsRefused) as told:
        ask(sdk)
    assert told.value.status == status
    assert orjson.loads(told.value.body)["category"] == category


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_vendors_own_client_reads_that_the_limit_is_used_up(both: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, sdk = both
    monkeypatch.setattr(HubSpotFake, "answer", lambda *_: LIMITED)
    impatient = HubSpot(access_token=WRITE, host=sdk.config["host"], retry=Retry(total=0))
    with pytest.raises(DealsRefused) as told:
        impatient.crm.deals.basic_api.get_page()
    assert (told.value.status, told.value.headers["retry-after"]) == (429, "1")
