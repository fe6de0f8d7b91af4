"""From notebooks to a site: run, gate, stage, build."""
