"""What the sides work on, made once per size and not timed."""
