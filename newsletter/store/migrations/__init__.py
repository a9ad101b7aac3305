"""The history of the tables: one revision per release that changes them."""
