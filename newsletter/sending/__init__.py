"""An issue goes out: composed, planned, sent batch by batch, and accounted for."""
