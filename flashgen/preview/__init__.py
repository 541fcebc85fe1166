"""Cards as a client shows them, on a page of their own."""
