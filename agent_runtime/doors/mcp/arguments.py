"""What each tool is given."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.inbox.verbs import Command

AccountName = Annotated[
    str, Field(min_length=1, max_length=300, description="The account's id, or its name as it is written.")
]
ItemId = Annotated[str, Field(min_length=1, max_length=200, description="The id of an item of the inbox.")]


class Arguments(BaseModel):
    """The arguments of a tool; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class SearchMemory(Arguments):
    """What to look for in an account's memory."""

    account: AccountName
    query: str = Field(min_length=1, max_length=2_000, description="What to look for, in words or as a question.")
    limit: int = Field(default=8, ge=1, le=30, description="How many passages at most.")


class ReadBrief(Arguments):
    """Whose brief."""

    account: AccountName


class ListItems(Arguments):
    """Which items of the inbox."""

    view: Literal["mine", "all"] = Field(default="mine", description="Yours, or those of every account that you see.")
    account: str | None = Field(default=None, max_length=300, description="Only of this account.")
    limit: int = Field(default=20, ge=1, le=100, description="How many at most.")


class ExplainItem(Arguments):
    """Which item."""

    item_id: ItemId


class AskAccount(Arguments):
    """A question to the records."""

    account: str = Field(
        min_length=1, max_length=300, description='The account\'s id or name, or "portfolio" for all that you see.'
    )
    question: str = Field(min_length=1, max_length=8_000, description="The question in plain words.")


class DecideItem(Arguments):
    """A decision of the person about one item."""

    item_id: ItemId
    decision: Command = Field(description="As explain_item shows the item: an approval names its version and hash.")
