"""Intervals, tests and regressions: how sure are we?"""
