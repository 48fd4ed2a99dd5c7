"""Probing: what frozen features already know, by nearest neighbours and linear models."""
