"""The command line: one file per verb; typer and rich live here and nowhere else."""
