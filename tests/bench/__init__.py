"""`make bench`: what was promised, measured."""
