"""What runs at the counter."""

__version__ = "0.1.0"
