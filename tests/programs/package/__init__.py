"""A package with its __init__ files: found by walking up."""
