"""Who may do what to which row, worked out in plain Python: what the SQL of the services must agree with."""

from collections.abc import Mapping
from dataclasses import dataclass

REACHES = ("none", "own", "team", "department", "subtree", "all")


@dataclass(frozen=True)
class Person:
    """A member of the company; `reach` says how far he reaches, by kind."""

    id: str
    department: str | None
    manager: str | None
    reach: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A customer (then `customer` is None), or something of a customer."""

    id: object
    owner: str | None
    customer: "Row | None" = None


class Company:
    """People in a tree of departments (child to parent)."""

    def __init__(self, parents: Mapping[str, str | None], people: Mapping[str, Person]) -> None:
        self._parents, self._people = parents, people

    def may(self, who: Person, kind: str, row: Row) -> bool:
        """Within his own reach of the kind, or through a customer whom he reaches likewise."""
        reach = who.reach.get(kind, "none")
        if self._reaches(who, reach, row.owner):
            return True
        return row.customer is not None and reach != "none" and self.may(who, "customer", row.customer)

    def _reaches(self, who: Person, reach: str, owner: str | None) -> bool:
        if reach in ("none", "all"):
            return reach == "all"
        if owner == who.id:
            return True
        if owner is None:
            return reach in ("department", "subtree")
        other = self._people.get(owner)
        if reach == "own" or other is None:
            return False
        if reach == "team":
            return other.manager == who.id
        if who.department is None:
            return False
        if reach == "department":
            return other.department == who.department
        return self._lies_in(other.department, who.department)

    def _lies_in(self, department: str | None, above: str) -> bool:
        while department is not None:
            if department == above:
                return True
            department = self._parents[department]
        return False
