"""The commands of the command line, a group a file, and how they print."""
