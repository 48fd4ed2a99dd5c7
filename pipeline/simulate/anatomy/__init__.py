"""Anatomies: each function paints one organ with one finding, and labels it, into a body.

The two generators of a body are the patient's: the same patient is drawn alike in every frame.
"""
