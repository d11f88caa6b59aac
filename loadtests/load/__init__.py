"""`make load`: people at the portal for some minutes, coming and going as in a real round.

`shapes` says how many come and when, `player` plays them with Locust in a process of its own,
`playing` starts the servers beside it and checks what is true at the end, `report` and `charts`
make one page of it.
"""
