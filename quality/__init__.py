"""What may pass: one function, ``gate.judge``, that builds Great Expectations suites from a
contract and returns a Verdict.
"""
