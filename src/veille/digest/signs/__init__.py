"""Signs of life of an issue, without pixels: answers, opened links, votes, interests, and the report on them."""
