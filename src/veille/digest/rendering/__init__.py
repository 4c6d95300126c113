"""From a bulletin in words to the encoded parts of a mail: templates, pieces, limits, inspection."""
