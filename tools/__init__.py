"""Scripts for developers: they derive the shipped tables and measure. Nothing here is installed."""
