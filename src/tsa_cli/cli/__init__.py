"""What a user types and what a terminal shows; the steps below know nothing of either."""
