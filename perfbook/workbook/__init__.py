"""What every workbook that we write shares: a thin writer, the limits gate, number formats, the house palette."""
