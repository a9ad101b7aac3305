"""The real pipeline with nobody at its end, for `newsletter rehearse`."""
