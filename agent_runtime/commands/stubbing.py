"""`tenure stub-model`: a stub of a language model on this machine."""

from agent_runtime.errors import BadInput
from tools.fakes.model_endpoint import FAULTS, MODES, Stub
from tools.fakes.model_endpoint_server import HOST, serve_stub

FORMS = ("json_schema", "json_object")


def stub_model_command(port: int, *, mode: str, fault: str, refuse: str, seed: int) -> None:
    """Serves until it is told to end; raises BadInput for a mode, fault or form that there is not."""
    refused = [form.strip() for form in refuse.split(",") if form.strip()]
    for name, given, known in (
        ("mode", [mode], MODES),
        ("fault", [fault] if fault else [], FAULTS),
        ("form", refused, FORMS),
    ):
        if wrong := [one for one in given if one not in known]:
            raise BadInput(f"There is no {name} {wrong[0]}.", fix=f"There are: {', '.join(known)}.")
    print(f"TENURE_MODEL_URL=http://{HOST}:{port}/v1 TENURE_MODEL_NAME=stub", flush=True)  # noqa: T201
    serve_stub(Stub(mode=mode, always=fault, refuses=frozenset(refused), seed=seed), port)
