"""The card rules, one a module; `registry` finds them."""
