"""A deck's author, its learners, and the Ankis they use: what tests/test_learner.py is made of."""
