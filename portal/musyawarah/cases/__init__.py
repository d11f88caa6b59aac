"""The queue of a kelurahan, the page of a case, and what an officer does there."""
