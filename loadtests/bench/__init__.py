"""`make bench`: what the portal carries in its peak hour, beside what the machine could at best.

Generic measuring: `stats`, `measure`, `usage`, `wrk`, `k6`, `disk`, `report`. What knows the
portal: `bodies`, `servers`, `filling`, `verify`, and a module for each family of rows.
"""
