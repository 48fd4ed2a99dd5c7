"""Public data sets, from the layout in which they are published to the FM_UIA folder format."""
