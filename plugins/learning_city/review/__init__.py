"""Settles findings and forms: by rule where nothing is open, by a named person where something is."""
