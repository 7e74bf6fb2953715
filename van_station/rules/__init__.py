"""What is right: pure functions and frozen values."""
