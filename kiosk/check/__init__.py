"""`nuomone-kiosk check`: whether everything is there that a kiosk needs, in sentences."""
