"""The index on an Elasticsearch cluster."""
