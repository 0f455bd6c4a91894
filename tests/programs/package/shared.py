"""What the package keeps."""

kept = []
