"""What is kept: SQLModel rows, one file a concept."""
