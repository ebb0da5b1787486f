"""`nuomone-broker check`: what a running broker lets whom do, tried from outside."""
