"""The portal's door: which requests come in, how answers go out, how many sessions there are, and the server's limits. Nothing of a release is read here."""
