"""Word report and HTML digest, from Jinja templates that officers may restyle."""
