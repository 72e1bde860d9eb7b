"""Who sees it: the portal of the information office (PPID). It reads releases and nothing else."""
