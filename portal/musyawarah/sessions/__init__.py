"""A session of the musyawarah: its agenda, who attends, the verdicts, and its closing."""
