"""Readers of one data set each: rows in, reports out."""
