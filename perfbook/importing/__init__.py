"""An existing spreadsheet of measures becomes a framework: what is found is proposed, what is guessed is marked."""
