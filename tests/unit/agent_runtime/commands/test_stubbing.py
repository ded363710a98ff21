"""`tenure stub-model` refuses what there is not, before it opens a port."""

import pytest

from agent_runtime.commands.stubbing import stub_model_command
from agent_runtime.errors import BadInput


@pytest.mark.parametrize(
    ("mode", "fault", "refuse", "said"),
    [
        ("kind", "", "", "no mode kind"),
        ("honest", "404", "", "no fault 404"),
        ("honest", "", "json_schema, xml", "no form xml"),
    ],
)
def test_what_there_is_not_is_refused(mode: str, fault: str, refuse: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        stub_model_command(1, mode=mode, fault=fault, refuse=refuse, seed=7)
    assert refused.value.fix.startswith("There are: ")
