from tests.unit.agent_runtime.app.office import opened
from agent_runtime.assistant.portfolio import *
from agent_runtime.permissions import Principal, Role
def test_x(sqlite_engine,tmp_path):
    with opened(sqlite_engine,tmp_path) as o:
        r=o.ask("anna","POST","/api/ask",json={"question":"Which of my accounts mention zq7?"}); print(r.text)
        with o.engine.connect() as c:
            from agent_runtime.assistant.models import Question
            from zoneinfo import ZoneInfo
            p,i=read_portfolio(c,Principal('anna',Role.REP,'north',frozenset(),'',''),Question("Which of my accounts mention zq7?",o.clock.now(),'anna'),ZoneInfo('UTC'),None)
            print(i,p.topic,list(__import__('agent_runtime.assistant.portfolio',fromlist=['x'])._with_words(p)))
    assert 0
