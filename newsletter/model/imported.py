"""What an import leaves in a file where its author must look: `check` knows it too."""

NOBODY = "Unplaced"
"""Who says what nobody else can have said, until the author has found out."""

NOT_PLACED = "TODO: not placed"
"""The head over what had no place."""

WHOSE = "TODO: whose words are these?"
"""The role of `NOBODY`."""

NO_TITLE = "TODO: the title"
"""The title of a text that has none."""

MARKS = (NOT_PLACED, WHOSE, NO_TITLE)
"""Words that no reader may meet."""
