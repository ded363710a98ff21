"""World folders: a company's exported CRM, mail and telephony as plain files, read and never written."""

from tools.world.coverage import Stretch
from tools.world.folder import World
from tools.world.settings import WorldSettings
from tools.world.tables import Directory, Row

__all__ = ["Directory", "Row", "Stretch", "World", "WorldSettings"]
