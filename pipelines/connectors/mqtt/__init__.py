"""MQTT: a subscriber lands what a broker sends in a durable spool, minute by minute; ``fetch``
takes a window out of it.
"""
