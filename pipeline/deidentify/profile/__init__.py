"""The confidentiality profile of PS3.15, and what it leaves of a header."""
