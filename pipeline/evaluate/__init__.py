"""Scores: the FM_UIA 2026 challenge's metrics, with intervals, transfer and claims."""
