"""The one way a value is refused."""


class Invalid(ValueError):  # noqa: N818 - reads as what it says at every raise: `raise Invalid("nik_day")`
    """A value that cannot be what it should be.

    `code` names the problem, such as `nik_length`; whoever talks to people turns it into words.
    The message is the code alone: what was typed may be personal and must not reach a log.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
