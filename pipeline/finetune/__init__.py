"""Finetuning: one model per unit of tasks, from a pretrained encoder or from scratch."""
