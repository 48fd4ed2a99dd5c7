"""Find every file of the archive and decide its fate."""
