"""The typology graph of what a library keeps, held in memory until the record changes."""
