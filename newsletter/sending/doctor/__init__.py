"""The doctor: finds what keeps mail from leaving, or from arriving."""
