"""Pure: from histograms to figures. Every figure carries its n and its interval."""
