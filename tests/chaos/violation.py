"""What must not happen."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Violation:
    kind: str  # one of the rules' names, such as "delivered twice"
    at: float  # when it showed
    who: str
    text: str  # a sentence
    room: str | None = None
    ids: list = field(default_factory=list)  # of the events it is about

    def __str__(self):
        where = f" in {self.room}" if self.room else ""
        return f"{self.kind}: {self.who}{where}: {self.text}"


def some(ids, count=5):
    """For a sentence: the first ids, and how many there are."""
    ids = list(ids)
    more = f" and {len(ids) - count} more" if len(ids) > count else ""
    return ", ".join(ids[:count]) + more
