"""The only room that names every real part."""
