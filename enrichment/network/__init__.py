"""What the typology graph is made of and what can be read from it: edges, measures, paths, trends."""
