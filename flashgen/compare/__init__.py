"""Two states of a deck → what a learner will see change."""
