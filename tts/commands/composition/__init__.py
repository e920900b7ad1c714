"""How the config of a command is composed of defaults, files and what the user gives."""
