"""Van Station: the field workstation of mobile public-service vans and kiosks."""
