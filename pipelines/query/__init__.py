"""Questions to one table of a release: filters, groups, pages and totals as bound SQL, within
limits of time and memory.
"""
