"""The door: one `van-station` command."""
