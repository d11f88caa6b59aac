"""`make round`: the biggest round ever, 1,799,332 registrations, as fast as the machine takes them.

A few processes (`sender`) send over connections that are kept open and keep a ledger; workers drain
at once, as shipped. At the end `fmotm balance` must add up and every receipt of the ledger lead to
exactly one application.
"""
