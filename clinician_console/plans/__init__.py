"""The plan builder without a user interface: unfinished plans, what is wrong with them and where, files, the library of
scenes with its pictures."""
