"""Insonate: an ultrasound foundation-model study, from raw DICOM to audited results."""
