"""Remove identity from headers and pixels, and audit that nothing is left."""
