"""The whole API against made-up requests in all phases: none makes the server fail. Necessary, not enough."""

from schemathesis import Config, openapi
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig
from schemathesis.engine import events, from_schema

from tests.unit.agent_runtime.app.office import Office

EXAMPLES = 5


def test_no_made_up_request_makes_the_server_fail(office: Office) -> None:
    generation = GenerationConfig(max_examples=EXAMPLES, deterministic=True, database="none")
    headers = {"Authorization": f"Bearer {office.tokens['ada']}"}
    project = ProjectConfig(headers=headers, generation=generation, continue_on_failure=True)
    config = Config(projects=ProjectsConfig(default=project), seed=7)
    schema = openapi.from_asgi("/openapi.json", office.app, config=config)
    # A stream has no end, and a session that is ended would end all that follows.
    lasting = schema.exclude(path="/api/events").exclude(path="/api/session", method="DELETE")
    asked, failed, phases = 0, [], set()
    for event in from_schema(lasting).execute():
        assert not isinstance(event, events.FatalError), event
        if isinstance(event, events.NonFatalError):
            failed.append(str(event.info))
        if isinstance(event, events.ScenarioFinished):
            phases.add(event.phase.value)
            for case_id, interaction in event.recorder.interactions.items():
                asked += 1
                answer = interaction.response
                if answer is None or answer.status_code >= 500:
                    failed.append(f"{event.label}: {event.recorder.cases[case_id].value.as_curl_command()}")
    assert failed == []
    assert phases == {"examples", "coverage", "fuzzing", "stateful"}
    assert asked > 1_000
