"""Frozen nouns of the trade. This room knows no file, no socket and no database."""
