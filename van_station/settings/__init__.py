"""One typed settings tree, read once at start."""
