"""``python -m learning_city.cli``: the command ``lcm`` where no script is on the path."""

from learning_city.cli.app import main

main()
