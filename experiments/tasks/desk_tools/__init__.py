"""The benchmark `desk-tools`."""
