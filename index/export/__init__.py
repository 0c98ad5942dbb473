"""What leaves the library: case studies and data, one writer a format."""
