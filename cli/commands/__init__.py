"""One module a command of ``lumbung``: its options, its help and its exit code, in a function of
its name.

A module imports what its command needs at its top; it is imported when its command is run. What the
command does is in the rooms, and in ``cli`` where only a command line needs it.
"""
