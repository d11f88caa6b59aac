"""What people do at the portal, from page to page, thinking in between.

They know no generator of load: a browser, a clock to think by and a ledger are given to them, so
that Locust plays them by hundreds (`loadtests.load`) and tests play them one by one.
"""
