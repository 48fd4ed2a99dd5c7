"""A second program that searches everything the first one wrote."""
