"""What people do here: one file an activity."""
