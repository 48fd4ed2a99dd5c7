"""Predictions in the challenge's own folder format: written by a model, scored against labels."""
