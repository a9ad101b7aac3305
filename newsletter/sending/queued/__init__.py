"""The engine of PostgreSQL: several workers, woken by a queue, sharing their limits."""
