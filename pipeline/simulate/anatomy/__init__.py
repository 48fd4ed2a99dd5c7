"""Anatomies: each function paints one organ with one finding, and labels it, into a scene.

The generator they get is the patient's: the same patient is drawn alike in every frame.
"""
