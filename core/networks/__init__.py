"""The architectures, one file each: plain modules whose names read like the drawing of the network."""
