"""Pretraining: an encoder learns from the unlabelled shards by self-distillation."""
