"""The session: pure logic. Takes what was heard and sensed, gives back what to show and what happened."""
