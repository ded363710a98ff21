"""The door for people and programs: who asks, what a route demands, one transaction a request, one form of errors."""
