"""The words of the design as frozen values; no module here does any I/O."""
