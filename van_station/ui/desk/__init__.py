"""The screens of the desk: one file an activity."""
