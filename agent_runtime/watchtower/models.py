"""Tables of the watchtower: the daily scores against which its risk model is judged."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Score(SQLModel, table=True):
    """The risk and priority of an open opportunity on one day."""

    __tablename__ = "tenure_score"

    at: datetime = Field(primary_key=True)
    opportunity_id: str = Field(primary_key=True)
    risk: float
    priority: float
