"""What each application of the synthetic city delivers: one module a system, its clean rows,
planted errors and the door they leave by.
"""
