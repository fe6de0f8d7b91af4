"""Figures and tables that chapters draw from results."""
