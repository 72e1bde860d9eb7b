"""SFTP: files on a server whose host key the contract pins; all of a run are whole on our side
before the first is landed.
"""
