"""From a messy shared folder to accepted submissions: scan, intake, versions, archive and events."""
