"""The seeded behaviour model of a repair shop: arrays in memory; nothing here touches a file."""
