"""Our Query in, Results out, over interchangeable engines."""
