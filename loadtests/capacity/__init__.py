"""`make capacity`: what a household costs, and what a city, a province or the country needs.

`costs` and `inbox_alone` measure on this machine, `needs` reckons, `tables` puts both and the
results of `make bench` into docs/capacity.md. Nothing in that page's words is a rate.
"""
