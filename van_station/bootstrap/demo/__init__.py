"""The demonstration: invented people, an own gateway process, a whole day on real parts."""
