"""Which of many candidates are worth comparing in full: those whose keys and letters promise most.

A common brand has dozens of bearers. Taking each apart would cost more than all the rest of a check, and most are
other companies; their names as they are written tell which.
"""

from collections.abc import Iterable, Mapping

from rapidfuzz.fuzz import ratio

# A key says more than the letters: a tenth of a vote is worth a percent of likeness.
_VOTE = 10


def most_promising(name: str, votes: Mapping[int, float], names: Mapping[int, Iterable[str]], limit: int) -> list[int]:
    """At most `limit` of the candidates in `names`, best first; `votes` is the weight of keys that each shares.

    A candidate's names are the present one and all others it is known by; the most alike counts.
    """
    promise = {
        one: _VOTE * votes[one] + max((ratio(name, other) for other in known), default=0.0)
        for one, known in names.items()
    }
    return sorted(promise, key=lambda one: (-promise[one], one))[:limit]
