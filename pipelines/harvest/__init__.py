"""What becomes of a delivery: refined into typed rows, published when judged, its drift from the
contract found, its system's state told.
"""
