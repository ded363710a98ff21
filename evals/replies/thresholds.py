"""What closing a question only on a clear answer costs: python -m evals.replies.thresholds [--models N].

What each hand wrote is read by a model that did not learn from it. The chance from which on a sentence answers is
chosen on all of them but one and applied to that one: the lowest that closes at most one holding reply of a hundred.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NamedTuple

from agent_runtime.ingest.extract import CHANCES, Chances, Says, carries, content_of, judged, readings, settles
from agent_runtime.ingest.saying import HOLDS, Model, Reading
from evals.replies.corpus import Taught
from evals.replies.train import sources, train

MOST_FALSE = 0.01
# Each with what a sentence needs beside one that puts off.
STEPS = tuple(
    CHANCES._replace(answers=answers, beside=beside)
    for answers in (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98)
    for beside in (0.9, 0.95, 0.98)
)


class Read(NamedTuple):
    """A reply: whether it puts off, what its sentences are read as, whether more comes with it, whether it says so."""

    holds: bool
    sentences: Sequence[Reading]
    carries: bool
    settles: bool


class Price(NamedTuple):
    """Of replies that put off, the share that would close; of answers, the shares in doubt and taken for later."""

    false_closes: float
    doubts: float
    taken_for_later: float


def read_by(model: Model, written: Sequence[Taught]) -> list[Read]:
    """The replies among what one hand wrote, as a model reads them."""
    contents = [(one.reply == HOLDS, content_of(one.text)) for one in written if one.reply is not None]
    return [
        Read(holds, readings(content, model.read), carries(content), settles(content)) for holds, content in contents
    ]


def price(replies: Sequence[Read], at: Chances) -> Price:
    """What `at` makes of the replies."""
    said = [(one.holds, Says.ANSWER if one.carries else judged(one.sentences, one.settles, at)) for one in replies]
    of_holding = [said for holds, said in said if holds]
    of_answers = [said for holds, said in said if not holds]
    closed, later = of_holding.count(Says.ANSWER), of_answers.count(Says.LATER)
    doubts = len(of_answers) - of_answers.count(Says.ANSWER) - later
    return Price(closed / len(of_holding), doubts / len(of_answers), later / len(of_answers))


def chosen(replies: Sequence[Read]) -> Chances:
    """The step with the fewest doubts among those that close seldom enough; the strictest where none does."""
    good = [at for at in STEPS if price(replies, at).false_closes <= MOST_FALSE]
    return min(good, key=lambda at: price(replies, at).doubts, default=STEPS[-1])


def main() -> None:
    """Prints the curve over all that was written, and what each hand would have got from the choice on the others."""
    parser = ArgumentParser(prog="python -m evals.replies.thresholds", description="What doubt costs and saves.")
    parser.add_argument("--models", type=int, default=2)
    models = parser.parse_args().models
    given = sources()
    read: dict[str, list[Read]] = {}
    for out, written in given.items():
        if not any(one.reply == HOLDS for one in written):
            continue
        rest = [one for name, others in given.items() if name != out for one in others]
        read[out] = read_by(Model(*train(rest, models)), written)
    print("answers from, beside: false closes, in doubt, taken for later")
    everything = [one for replies in read.values() for one in replies]
    for at in STEPS:
        print(f"  {at.answers:.2f}  {at.beside:.2f}: {_line(price(everything, at))}")
    print("each hand with what was chosen on the others")
    for name, replies in read.items():
        at = chosen([one for other, of_other in read.items() if other != name for one in of_other])
        print(f"  {name:16} {at.answers:.2f}  {at.beside:.2f}: {_line(price(replies, at))}")


def _line(found: Price) -> str:
    return "  ".join(f"{100 * share:5.1f} %" for share in found)


if __name__ == "__main__":
    main()
