"""The commands `run` and `ask`: all methods on any task, and what follows."""
