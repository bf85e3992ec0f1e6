"""A process behind isolation, and the proof that the isolation holds."""
