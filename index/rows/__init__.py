"""The record's rows, written and read; every function works on its caller's connection."""
