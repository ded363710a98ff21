"""Stand-ins for other systems: stateful, faulty on request, for the demo, the tests and new adapters."""
