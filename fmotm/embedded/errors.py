"""What can go wrong with the servers that `fmotm up` starts, told to the operator in one line."""


class EmbeddedError(Exception):
    """The embedded servers cannot run; the message is one line that says what to do."""


class FolderInUse(EmbeddedError):  # noqa: N818 - a state of the folder, named as one
    """Another supervisor holds the data folder."""
