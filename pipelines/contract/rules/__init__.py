"""What each column and each dataset must satisfy, under which name: which kinds of rules there are,
and how a contract's quality keys become rules of those kinds. How a rule is judged is ``quality``'s
business.
"""
