"""Simulate: a DICOM cohort and 27 labelled tasks, drawn from one set of anatomies."""
