"""The command ``lcm``."""

from learning_city.cli.app import main

__all__ = ["main"]
