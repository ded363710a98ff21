"""What the doctor says of the language model: whether one is set, and, where it may ask, whether it answers."""

from urllib.parse import urlsplit

from agent_runtime.doctor.finding import Finding
from agent_runtime.errors import TenureError
from agent_runtime.settings import Settings

# Longer than any deadline of the product: the doctor wants to know how long it takes.
_PATIENCE = 20.0
_NAME = "language model"


def examine_model(settings: Settings, *, online: bool) -> Finding:
    """One line; a real question is asked, and perhaps paid, only with `online`."""
    if not settings.model_url:
        return Finding(_NAME, True, "none is set: all texts are the program's own")
    # The client is imported only where there is a model.
    from agent_runtime.llm.opening import endpoint_of
    from agent_runtime.llm.probing import probe

    where = f"{settings.model_name} at {urlsplit(settings.model_url).hostname}"
    try:
        endpoint = endpoint_of(settings)
    except TenureError as error:
        return Finding(_NAME, False, error.what, error.fix, needed=False)
    if not online:
        return Finding(_NAME, True, f"{where}, not asked; tenure doctor --online asks it")
    probed = probe(endpoint, _PATIENCE)
    if probed.rung is None:
        fix = "Check address, name and key of the model; until then all texts are the program's own."
        return Finding(_NAME, False, f"{where} gave no reply ({probed.reason})", fix, needed=False)
    took = f"{where} answers in {probed.seconds:.1f} s, form {probed.rung}"
    fix = "Raise TENURE_MODEL_DEADLINE, or choose a faster model: what comes later than that is not used."
    return Finding(_NAME, probed.seconds <= settings.model_deadline, took, fix, needed=False)
