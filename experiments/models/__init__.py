"""Language models: where they come from, how they are asked, how they are trained."""
