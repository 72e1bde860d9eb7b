"""The servers and writers that speak each protocol: web interfaces, databases, files, SFTP,
MQTT. What is delivered is a system's business.
"""
