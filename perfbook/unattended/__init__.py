"""What runs without a person: the night, its schedule, and the watch over a folder with its mailbox."""
