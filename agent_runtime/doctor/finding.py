"""One thing that was looked at, as it is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`, what was found, and the exact fix where it is not right. What is not `needed` is advice: Tenure runs
    without it, and the exit code does not speak of it."""

    name: str
    ok: bool
    found: str
    fix: str = ""
    needed: bool = True

    @property
    def mark(self) -> str:
        """A tick, a cross, or an exclamation mark for advice."""
        if self.ok:
            return "[green]✓[/green]"
        return "[red]✗[/red]" if self.needed else "[yellow]![/yellow]"
