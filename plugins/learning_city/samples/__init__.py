"""Builds the demonstration's inbox from real figures, marked synthetic ones, and planted faults."""
