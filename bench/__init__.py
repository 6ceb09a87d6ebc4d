"""Measurements, as ratios within one run. `python -m bench` runs all; each module runs alone. Needs KB_TEST_DATA."""
