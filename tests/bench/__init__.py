"""Speed and memory as ratios against named floors measured in the same run: ``make bench``."""
