"""APIs: pure readers of what they answer."""
