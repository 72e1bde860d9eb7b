"""HTTP itself: the server, its guard and limits, addresses, answers, headers, counts and memory.
Nothing of any page or table.
"""
