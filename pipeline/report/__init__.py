"""The results as one table and one page that opens without a network."""
