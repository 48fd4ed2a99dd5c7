"""How well text within the sector is found, and the fit of the weights that find it."""
