"""One call of one hook, as it may be shown and logged: no argument, no answer, no person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HookCall:
    """Which hook of which plugin ran, for how long, and how it ended ("ok" or the exception's class)."""

    hook: str
    plugin: str
    seconds: float
    outcome: str

    def __str__(self) -> str:
        return f"{self.plugin}.{self.hook} {self.outcome} in {self.seconds * 1000:.1f} ms"
