"""Students' networks: read from their description, rebuilt, trained and measured."""
