"""The workflow: what runs around the phases."""
