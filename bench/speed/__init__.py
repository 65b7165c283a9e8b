"""What a call costs, against the ways of running a function that have fewer walls or none."""
