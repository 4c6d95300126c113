"""The mail itself: bytes, signature, SMTP, sending, and what comes back."""
