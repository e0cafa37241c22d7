"""Brings observations under the wanted definition, ranks the candidates, keeps the losers, lists the conflicts."""
