"""What staff decide: which items are worth their while, and what a tag should have been."""
