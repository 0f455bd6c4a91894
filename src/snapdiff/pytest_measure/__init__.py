"""What the pytest plugin does once a test is to be measured; loaded then, and not before."""
