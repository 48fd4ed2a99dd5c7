"""How well copies are found, and how long linking and splitting a large archive takes."""
