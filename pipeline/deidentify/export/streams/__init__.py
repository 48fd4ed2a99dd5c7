"""Encoded pixel streams without the metadata that they carry beside the picture."""
