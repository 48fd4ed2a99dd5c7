"""Crop, thin out, split by patient, and pack frames for pretraining."""
