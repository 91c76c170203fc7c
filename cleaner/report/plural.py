"""Numbers and what they count."""


def counted(number: int, what: str) -> str:
    """Return a number and what it counts, in the plural where it is not one."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
