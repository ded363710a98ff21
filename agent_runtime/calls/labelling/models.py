"""The table of labels: what a person who listened says that a call was about."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class CallLabel(SQLModel, table=True):
    """One call and its topic by a person's word; no text stands here. `said` is what the classifier had said."""

    __tablename__ = "tenure_call_label"

    activity_id: str = Field(primary_key=True)
    topic: str
    said: str
    labelled_by: str
    labelled_at: datetime
