"""`make bench-growth`: what a look-up and a queue cost when millions are stored."""
