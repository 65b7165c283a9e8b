"""The two walls around a technique, each of which holds alone."""
