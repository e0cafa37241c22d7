"""Reads and checks the office's reference files. Knows no database: ``warehouse.ref`` stores what this room approves."""
