"""Making public: the models' tables made anew, a release pinned and swapped in, those past their
retention removed, whoever waits told.
"""
