"""The errors that a user can mend: one line that names the file, the record and what to do."""


class CleanerError(Exception):
    """Something the user asked for cannot be done; the command line prints it and exits with 2."""
