"""Pictures of every screen, at 360 px: `make gallery` walks the product and writes docs/screens/.

`scenes` says how each screen is reached, `product` is what they are taken of, `album` keeps them.
"""
