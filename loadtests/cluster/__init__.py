"""`make cluster`: portals and workers on several hosts, some of them cut off in the middle.

The hosts are network namespaces of this machine, joined by a bridge (`network`): one for
PostgreSQL, inbox and queue, some with a portal each, some with a worker and a ticker each
(`hosts`). Citizens send to all portals in turn and keep a ledger (`citizens`) while links go down
and a host dies (`trouble`). At the end the books must be right, or it exits with 1 (`playing`).
"""
