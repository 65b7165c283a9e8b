"""A deployment's autoscaler, simulated by `bench/simulate_scale.py` and read in docs/scaling.md."""
