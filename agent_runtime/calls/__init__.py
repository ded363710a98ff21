"""Phone history as pure logic: which inbound calls there were, which were missed, and how each need ended."""
