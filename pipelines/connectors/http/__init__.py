"""What every connector over HTTP shares: a client with limits and retries, and how a source is
told who asks. No protocol of its own.
"""
