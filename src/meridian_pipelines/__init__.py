"""Example pipelines of Meridian, the retailer that this repository uses as its own example."""
