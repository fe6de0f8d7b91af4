"""Studies: declared, recorded, sealed, replayed, compared."""
