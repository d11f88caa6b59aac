"""What integration tests share beside the servers of `tests/conftest.py`."""

from tests.database import database, database_url, owners_engine
from tests.stack import stack

__all__ = ["database", "database_url", "owners_engine", "stack"]
