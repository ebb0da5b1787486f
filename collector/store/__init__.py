"""Where everything is kept. All SQL of the collector lives in here."""
