"""What stays of the pixels: the sector, without text."""
