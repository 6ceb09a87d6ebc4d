"""What becomes of tickets: a story a kind, its steps by the hours since it was opened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.demo.case import Case, Step
from kb.demo.people import DEV, NILA, OM
from kb.support.tables import ConductStatus

Story = Callable[[Case], Iterable[tuple[float, Step]]]
"""(hours since the ticket was opened, what happens then), in order."""
DAY = 24.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A story, how many hours ago each of its tickets was opened; `stranger`: by somebody who has no other one."""

    story: Story
    opened: tuple[float, ...]
    stranger: bool = False


def _unanswered(_case: Case) -> Iterable[tuple[float, Step]]:
    return ()


def _taken(case: Case) -> Iterable[tuple[float, Step]]:
    return (0.4, case.take), (0.6, case.note)


def _waiting(case: Case) -> Iterable[tuple[float, Step]]:
    return (1.0, case.take), (2.5, case.answer)


def _asked_again(case: Case) -> Iterable[tuple[float, Step]]:
    return (0.5, case.take), (3.0, case.answer), (20.0, case.ask_again)


def _answered_late(case: Case) -> Iterable[tuple[float, Step]]:
    return (27.0, case.take), (30.0, case.answer), (40.0, case.ask_again), (44.0, case.solve), (46.0, case.rate)


def _resolved(case: Case) -> Iterable[tuple[float, Step]]:
    return (0.3, case.take), (1.5, case.answer), (5.0, case.ask_again), (8.0, case.solve), (30.0, case.rate)


def _thanked(case: Case) -> Iterable[tuple[float, Step]]:
    return (0.5, case.take), (1.2, case.answer), (7.0, case.thank), (9.0, case.rate)


def _reopened(case: Case) -> Iterable[tuple[float, Step]]:
    return (1.0, case.take), (2.0, case.solve), (3 * DAY, case.reopen)


def _technical(case: Case) -> Iterable[tuple[float, Step]]:
    return (1.0, case.take), (4.0, case.note), (4.2, case.hand_on)


def _first(case: Case) -> Iterable[tuple[float, Step]]:
    return (1.0, case.take), (3.0, case.solve), (26.0, case.escalate)


def _first_reviewed(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_first(case), (28.0, case.review(DEV)), (30.0, case.inform(DEV)))


def _first_decided(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_first_reviewed(case), (34.0, case.decide(DEV, resolve=True)))


def _first_left_open(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_first_reviewed(case), (34.0, case.decide(DEV, resolve=False)))


def _withdrawn(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_first(case), (29.0, case.withdraw))


def _second(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_first_decided(case), (50.0, case.escalate))


def _second_reviewed(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_second(case), (52.0, case.review(OM)), (55.0, case.inform(OM)))


def _final(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_second_reviewed(case), (70.0, case.decide(OM, resolve=False)), (90.0, case.escalate))


def _final_reviewed(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_final(case), (94.0, case.review(NILA)))


def _final_decided(case: Case) -> Iterable[tuple[float, Step]]:
    return (*_final_reviewed(case), (100.0, case.decide(NILA, resolve=True)))


def _warned(case: Case) -> Iterable[tuple[float, Step]]:
    warn = case.conduct(ConductStatus.WARNED, "Insults in two messages. The next one ends support for a while.")
    return (1.0, case.take), (1.5, warn), (2.0, case.answer)


def _suspended(case: Case) -> Iterable[tuple[float, Step]]:
    suspend = case.conduct(ConductStatus.SUSPENDED, "Threats against a colleague on the phone.", 30)
    return (0.5, case.take), (1.0, case.answer), (3.0, suspend)


KINDS = (
    Kind(_unanswered, (0.3, 1.1, 3.4, 6.2, 11.0, 17.5, 26.0, 33.0)),
    Kind(_taken, (0.8, 2.4, 9.0, 29.0)),
    Kind(_waiting, (6.0, 21.0, 45.0, 70.0, 110.0)),
    Kind(_asked_again, (22.0, 31.0, 47.0, 60.0)),
    Kind(_technical, (30.0, 52.0, 120.0)),
    Kind(_reopened, (80.0, 130.0)),
    Kind(_resolved, (50.0, 90.0, 140.0, 260.0, 400.0, 520.0, 640.0)),
    Kind(_thanked, (34.0, 75.0, 160.0, 300.0, 450.0, 560.0, 690.0)),
    Kind(_answered_late, (100.0, 330.0, 590.0)),
    Kind(_waiting, (220.0, 350.0, 480.0)),
    Kind(_first, (29.0, 46.0)),
    Kind(_first_reviewed, (36.0,)),
    Kind(_first_left_open, (58.0,)),
    Kind(_first_decided, (66.0,)),
    Kind(_withdrawn, (54.0,)),
    Kind(_second, (56.0,)),
    Kind(_second_reviewed, (62.0, 84.0)),
    Kind(_final, (95.0,)),
    Kind(_final_reviewed, (104.0,)),
    Kind(_final_decided, (180.0,)),
    Kind(_warned, (28.0,)),
    Kind(_suspended, (64.0,), stranger=True),
)
"""60 tickets. Those that are done make the last month; what somebody has to do is of the last days."""
