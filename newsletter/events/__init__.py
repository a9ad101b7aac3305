"""What providers tell afterwards, brought into the ledger."""
