"""Salesforce: its objects and their history are read, tasks and fields are written."""
