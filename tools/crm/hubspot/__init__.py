"""HubSpot: its objects and their history are read, tasks, notes, stages and owners are written."""
