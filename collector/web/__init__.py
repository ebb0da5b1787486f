"""Pages, API and live numbers. Reads the store; hears of new scores over MQTT."""
