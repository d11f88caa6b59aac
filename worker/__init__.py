"""RQ: thin jobs, the ticker that wakes them, and how a worker starts."""
