"""A mail sent to a mailbox of ours, to see what the way there changes in it."""
