"""Making public: the models' tables made anew, a release pinned and swapped in, what is past its
retention removed (vacuum), subscribers sent word.
"""
