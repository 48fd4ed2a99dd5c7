"""De-identified instances as DICOM files."""
